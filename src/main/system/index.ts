// What the program is, whether it is well, what just changed in it.

import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { feed } from '../engine/feed.ts'
import { spentOf } from '../engine/spent.ts'
import { backup, cancelRestore, stageRestore } from '../storage/backup.ts'

const BACKUPS_TOLD = 50

export const systemModule: CapabilityModule<'system'> = {
  name: 'system',
  start: ({ platform, catalog, telemetry, startedAt, changes, changed, notices }) => ({
    async info() {
      return {
        version: platform.version,
        shell: platform.shell,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        pid: process.pid,
        startedAt: formatRfc3339(startedAt),
        dataDir: platform.dataDir,
        catalogSchema: catalog.schemaVersion,
        telemetrySchema: telemetry.schemaVersion,
        catalogBytes: catalogBytes(catalog.path),
        telemetryBytes: await telemetry.bytes(),
        memoryBytes: process.memoryUsage.rss(),
        notices: notices.map((notice) => ({ ...notice })),
      }
    },
    async backup(input, { signal, progress }) {
      const path = resolve(input.path)
      const createdBy = `Watchdeck ${platform.version}`
      const options = { createdBy, now: platform.clock.now(), signal, progress }
      const made = await backup(path, { catalog, telemetry }, options)
      catalog.audit.append({
        at: made.createdAt,
        actor: 'local',
        action: 'system.backup',
        subject: path,
        detail: { bytes: made.bytes },
      })
      changed('space', 'backups')
      return { path, bytes: made.bytes, createdAt: made.createdAt, files: made.files.length }
    },
    async backups() {
      return {
        backups: catalog.audit.list('system.backup', BACKUPS_TOLD).map(({ at, subject, detail }) => ({
          path: subject,
          createdAt: at,
          bytes: typeof detail === 'object' && detail !== null && 'bytes' in detail ? Number(detail.bytes) : 0,
          isThere: existsSync(join(subject, 'backup.json')),
        })),
      }
    },
    async restore(input, { signal, progress }) {
      const path = resolve(input.path)
      const { createdAt } = await stageRestore(path, platform.dataDir, { now: platform.clock.now(), signal, progress })
      const at = formatRfc3339(platform.clock.now())
      catalog.audit.append({ at, actor: 'local', action: 'system.restore', subject: path, detail: { createdAt } })
      changed('space', 'restoring')
      return { path, createdAt }
    },
    async cancelRestore() {
      const wasReady = await cancelRestore(platform.dataDir)
      const at = formatRfc3339(platform.clock.now())
      // the line that a backup was laid ready would otherwise be the last word
      if (wasReady)
        catalog.audit.append({
          at,
          actor: 'local',
          action: 'system.cancelRestore',
          subject: platform.dataDir,
          detail: {},
        })
      changed('space', 'restoring')
      return { ok: true as const }
    },
    async spent(_input, { session }) {
      return { methods: [...spentOf(session)].map(([method, spent]) => ({ method, ...spent })) }
    },
    async ping() {
      return { time: formatRfc3339(platform.clock.now()) }
    },
    async *changes(_input, { signal }) {
      for await (const change of feed(changes, (c) => `${c.topic} ${c.ids.join(' ')}`, signal))
        yield { topic: change.topic, ids: [...change.ids] }
    },
  }),
}

/** The database with its write-ahead log. */
function catalogBytes(path: string): number {
  let total = 0
  for (const suffix of ['', '-wal']) total += statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0
  return total
}

// What the program is, whether it is well, what just changed in it.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { feed } from '../engine/feed.ts'
import { spentOf } from '../engine/spent.ts'
import { backup } from '../storage/backup.ts'

export const systemModule: CapabilityModule<'system'> = {
  name: 'system',
  start: ({ platform, catalog, telemetry, startedAt, changes, notices }) => ({
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
      return { path, bytes: made.bytes, createdAt: made.createdAt, files: made.files.length }
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

// What the program is, whether it is well, what just changed in it.

import { statSync } from 'node:fs'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { feed } from '../engine/feed.ts'

export const systemModule: CapabilityModule<'system'> = {
  name: 'system',
  start: ({ platform, catalog, telemetry, startedAt, changes }) => ({
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
      }
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

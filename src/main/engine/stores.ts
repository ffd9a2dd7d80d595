// Opens the stores of a data folder. Loaded when needed: both bring native code that a test with its own stores can skip.

import type { Platform } from '../platform/platform.ts'
import type { Catalog } from '../storage/catalog/api.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import type { Logger } from './log.ts'

export interface Stores {
  readonly catalog: Catalog
  readonly telemetry: TelemetryStore
  close(): Promise<void>
}

/** @throws WatchdeckError `corrupt` or `unsupported` with a hint when a store cannot be opened */
export async function openStores(platform: Platform, log: Logger): Promise<Stores> {
  const [{ openCatalog }, { openTelemetryStore }] = await Promise.all([
    import('../storage/catalog/catalog.ts'),
    import('../storage/telemetry/store.ts'),
  ])
  const started = performance.now()
  const catalog = openCatalog(platform.dataDir, platform.clock)
  let telemetry: TelemetryStore
  try {
    telemetry = await openTelemetryStore(platform.dataDir, catalog, {})
  } catch (error) {
    catalog.close()
    throw error
  }
  log.info('stores opened', { tookMs: Math.round(performance.now() - started), catalogSchema: catalog.schemaVersion })
  return {
    catalog,
    telemetry,
    async close() {
      try {
        await telemetry.close()
      } finally {
        catalog.close()
      }
    },
  }
}

// Opens the stores of a data folder and puts them in step. Loaded when needed: both bring native code that a test with its
// own stores can skip.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import { closeStoresToOthers } from '../platform/owner-only.ts'
import type { Platform } from '../platform/platform.ts'
import type { Catalog } from '../storage/catalog/api.ts'
import type { StoreLimits, TelemetryStore } from '../storage/telemetry/api.ts'
import type { Logger } from './log.ts'

/** What was done to the stores when they were opened that a person should know of. */
export interface StoreNotice {
  readonly kind: 'catalog-rebuilt' | 'sources-completed' | 'sources-dropped' | 'sources-rebuilt' | 'backup-restored'
  /** how many sources; incidents, for a rebuilt catalog */
  readonly count: number
  /** where the damaged catalog, or what a backup replaced, is now */
  readonly path?: string | undefined
}

export interface Stores {
  readonly catalog: Catalog
  readonly telemetry: TelemetryStore
  readonly notices?: readonly StoreNotice[]
  close(): Promise<void>
}

/** What the settings allow the store. */
export const storeLimits = ({ memoryMiB, threads }: Settings): StoreLimits => ({
  memoryBytes: memoryMiB === null ? undefined : memoryMiB * 2 ** 20,
  threads: threads ?? undefined,
})

/**
 * A damaged catalog is set aside, and a new one made of what can still be read of it and what the telemetry store knows.
 * @throws WatchdeckError `corrupt` (the telemetry), `unsupported` (made by a newer version) or `unavailable`, with a hint
 */
export async function openStores(platform: Platform, log: Logger): Promise<Stores> {
  const [{ openCatalog }, { openTelemetryStore }, { reconcile }, { setAsideCatalog, salvage }, { finishRestore }] =
    await Promise.all([
      import('../storage/catalog/catalog.ts'),
      import('../storage/telemetry/store.ts'),
      import('../storage/reconcile.ts'),
      import('../storage/catalog/salvage.ts'),
      import('../storage/backup.ts'),
    ])
  const started = performance.now()
  const { dataDir, clock } = platform
  const replaced = finishRestore(dataDir)
  closeStoresToOthers(dataDir)
  const notices: StoreNotice[] = replaced === undefined ? [] : [{ kind: 'backup-restored', count: 1, path: replaced }]
  let catalog: Catalog
  let damaged: string | undefined
  try {
    catalog = openCatalog(dataDir, clock)
  } catch (error) {
    if (!(error instanceof WatchdeckError && error.code === 'corrupt')) throw error
    log.error('the catalog is damaged', { error })
    damaged = setAsideCatalog(dataDir, clock)
    catalog = openCatalog(dataDir, clock)
    const saved = salvage(damaged, catalog, clock)
    log.warn('the catalog was set aside and made anew', { to: damaged, ...saved })
    notices.push({ kind: 'catalog-rebuilt', count: saved.incidents, path: damaged })
  }
  let telemetry: TelemetryStore | undefined
  try {
    telemetry = await openTelemetryStore(dataDir, catalog, storeLimits(catalog.settings.get()))
    const countRows = damaged !== undefined || catalog.sources.list().length === 0
    const options = { countRows, now: clock.now() }
    const { completed, dropped, purged, rebuilt } = await reconcile(catalog, telemetry, options)
    if (completed.length > 0) notices.push({ kind: 'sources-completed', count: completed.length })
    if (dropped.length > 0) notices.push({ kind: 'sources-dropped', count: dropped.length })
    if (rebuilt.length > 0) notices.push({ kind: 'sources-rebuilt', count: rebuilt.length })
    if (completed.length + dropped.length + purged.length + rebuilt.length > 0)
      log.warn('the catalog and the store were put in step', { completed, dropped, purged, rebuilt })
  } catch (error) {
    await telemetry?.close()
    catalog.close()
    throw error
  }
  log.info('stores opened', { tookMs: Math.round(performance.now() - started), catalogSchema: catalog.schemaVersion })
  const store = telemetry
  return {
    catalog,
    telemetry: store,
    notices,
    async close() {
      try {
        await store.close()
      } finally {
        catalog.close()
      }
    },
  }
}

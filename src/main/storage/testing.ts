// For tests: stores in a folder of their own, and rows with every field filled in.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, type EpochNs } from '../../shared/base/time.ts'
import type { LogRow, SampleRow, SeriesInfo, SpanRow, TelemetryBatch } from '../../shared/domain/telemetry.ts'
import type { Catalog } from './catalog/api.ts'
import { openCatalog } from './catalog/catalog.ts'
import type { TelemetryStore, WrittenRows } from './telemetry/api.ts'
import { openTelemetryStore, type TelemetryStoreOptions } from './telemetry/store.ts'

export const T0 = 1_790_000_000_000_000_000n
export const testClock = { now: (): EpochNs => asEpochNs(T0) }
export const tempFolder = (): string => mkdtempSync(join(tmpdir(), 'watchdeck-'))

export interface TestStores extends AsyncDisposable {
  readonly folder: string
  readonly catalog: Catalog
  readonly telemetry: TelemetryStore
}

export async function openTestStores(
  folder: string = tempFolder(),
  options: TelemetryStoreOptions = { threads: 2 },
): Promise<TestStores> {
  const catalog = openCatalog(folder, testClock)
  const telemetry = await openTelemetryStore(folder, catalog, options)
  return {
    folder,
    catalog,
    telemetry,
    async [Symbol.asyncDispose]() {
      await telemetry.close()
      catalog.close()
    },
  }
}

/** A new source that is on and holds these rows. */
export async function filledSource(stores: TestStores, ...batches: TelemetryBatch[]): Promise<string> {
  const { id } = stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
  await addRows(stores, id, ...batches)
  stores.catalog.sources.update(id, { state: 'ready' })
  return id
}

export async function addRows(stores: TestStores, source: string, ...batches: TelemetryBatch[]): Promise<WrittenRows> {
  const writer = await stores.telemetry.writer(source)
  for (const batch of batches) await writer.write(batch)
  return writer.commit()
}

export function span(fields: Partial<SpanRow> = {}): SpanRow {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentId: '',
    service: 'checkout',
    operation: 'POST /orders',
    kind: 2,
    start: T0,
    durationNs: 1_000_000n,
    status: 0,
    attributes: { values: { 'http.request.method': 'POST' } },
    resource: { attributes: { values: { 'service.name': 'checkout' } } },
    ...fields,
  }
}

export function log(fields: Partial<LogRow> = {}): LogRow {
  return {
    time: T0,
    observedTime: 0n,
    severity: 9,
    service: 'checkout',
    body: 'order placed',
    attributes: { values: {} },
    resource: { attributes: { values: { 'service.name': 'checkout' } } },
    traceId: '',
    spanId: '',
    ...fields,
  }
}

export function seriesInfo(fields: Partial<SeriesInfo> = {}): SeriesInfo {
  return {
    name: 'queue.depth',
    promName: 'queue_depth',
    labels: { instance: 'a' },
    type: 'gauge',
    unit: '1',
    help: '',
    service: 'checkout',
    temporality: 'unspecified',
    monotonic: false,
    attributes: { values: { instance: 'a' } },
    ...fields,
  }
}

const DEPTH = seriesInfo()
export function sample(fields: Partial<SampleRow> = {}): SampleRow {
  return { series: DEPTH, time: T0, startTime: 0n, value: 1, ...fields }
}

/** The code that a failing promise fails with; its text when it is no WatchdeckError. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof WatchdeckError ? error.code : String(error)),
  )

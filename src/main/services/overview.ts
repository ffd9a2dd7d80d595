// Rate, errors and latency per service, now and before, and the small pictures beside them.

import { services as contract } from '../../shared/contract/services.ts'
import { formatRfc3339, type TimeRange } from '../../shared/base/time.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { type Measures, serviceChange } from '../../shared/domain/change-score.ts'
import { type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { entrySpans, recordedPart, seconds, spanning, within } from './windows.ts'

export interface Asked {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly range: TimeRange
  readonly signal: AbortSignal
}

export interface ServiceMeasures extends Measures {
  readonly p50Ns: number
  readonly p99Ns: number
}

interface Row extends Record<string, unknown> {
  service: string
  after: boolean
  requests: bigint
  errors: bigint
  p50: number
  p95: number
  p99: number
}

const COLUMNS = contract.overview.output.columns

/**
 * Measures by service in both windows; a service that is missing from one has no entry there. `compared` is undefined where
 * nothing can be known of the window to compare with.
 */
export async function measured(asked: Asked, compareTo: TimeRange | undefined) {
  const { store, scope, range, signal } = asked
  // a rate over hours that hold nothing would be too low and every service look busier now
  const compared = compareTo && scope.held('spans', compareTo) && compareTo
  const recorded = compared && ((await recordedPart(asked, compared)) ?? compared)
  const seen = scope.held('spans', range) ?? range
  const entries = await entrySpans(store, scope, spanning(range, compareTo), signal)
  const rows = await store.rows<Row>(
    `SELECT service, ${within('start_ns', range)} AS after, count(*) AS requests, count(*) FILTER (status = 2) AS errors,
      round(quantile_cont(duration_ns, 0.5))::DOUBLE AS p50, round(quantile_cont(duration_ns, 0.95))::DOUBLE AS p95, round(quantile_cont(duration_ns, 0.99))::DOUBLE AS p99
     FROM ${entries.sql} WHERE ${within('start_ns', range)}${compareTo ? ` OR ${within('start_ns', compareTo)}` : ''} GROUP BY ALL`,
    entries.params,
    { signal },
  )
  const after = new Map<string, ServiceMeasures>()
  const before = new Map<string, ServiceMeasures>()
  for (const row of rows) {
    const requests = Number(row.requests)
    const window = row.after ? seen : (recorded ?? range)
    const measures = {
      requests,
      ratePerSecond: requests / seconds(window),
      errorRatio: Number(row.errors) / requests,
      p50Ns: row.p50,
      p95Ns: row.p95,
      p99Ns: row.p99,
    }
    if (row.after) after.set(row.service, measures)
    else before.set(row.service, measures)
  }
  return { after, before, compared, recorded }
}

export async function overview(asked: Asked, compareTo: TimeRange | undefined): Promise<TableAnswer> {
  const { after, before, compared, recorded } = await measured(asked, compareTo)
  const rows = [...new Set([...after.keys(), ...before.keys()])].map((service) => {
    const now = after.get(service)
    const was = before.get(service)
    const row: FrameRow = {
      service,
      requests: now?.requests ?? 0,
      ratePerSecond: now?.ratePerSecond ?? 0,
      errorRatio: now?.errorRatio ?? null,
      p50Ns: now?.p50Ns ?? null,
      p95Ns: now?.p95Ns ?? null,
      p99Ns: now?.p99Ns ?? null,
      beforeRequests: compared ? (was?.requests ?? 0) : null,
      beforeRatePerSecond: compared ? (was?.ratePerSecond ?? 0) : null,
      beforeErrorRatio: was?.errorRatio ?? null,
      beforeP50Ns: was?.p50Ns ?? null,
      beforeP95Ns: was?.p95Ns ?? null,
      beforeP99Ns: was?.p99Ns ?? null,
      change: compared ? serviceChange(was, now) : null,
    }
    return row
  })
  rows.sort(
    (a, b) =>
      Number(b.change ?? 0) - Number(a.change ?? 0) ||
      Number(b.requests) - Number(a.requests) ||
      (String(a.service) < String(b.service) ? -1 : 1),
  )
  const { completeness, sources } = asked.scope
  const table = frameFromRows(COLUMNS, rows)
  if (!compared || !recorded || recorded.from === compared.from) return { table, completeness }
  const gap = {
    from: formatRfc3339(compared.from),
    to: formatRfc3339(recorded.from),
    reason: 'nothing recorded: the baseline is what follows',
  }
  return {
    table,
    completeness: {
      complete: false,
      missing: [...completeness.missing, ...sources.map((source) => ({ source, ...gap }))],
    },
  }
}

/** Every bucket of every service; `p95Ns` is null where there were no requests. */
export async function sparklines(asked: Asked, buckets: number): Promise<TableAnswer> {
  const { store, scope, range, signal } = asked
  const entries = await entrySpans(store, scope, range, signal)
  const span = range.to - range.from
  const width = (span + BigInt(buckets) - 1n) / BigInt(buckets)
  const last = (span - 1n) / width
  const table = await store.frame(
    `WITH counted AS (SELECT service, ((start_ns - (${range.from})) // ${width})::BIGINT AS bucket, count(*) AS requests,
        count(*) FILTER (status = 2) AS errors, round(quantile_cont(duration_ns, 0.95))::BIGINT AS p95 FROM ${entries.sql} GROUP BY ALL),
      grid AS (SELECT service, bucket FROM (SELECT DISTINCT service FROM counted), (SELECT unnest(range(0, ${last + 1n})) AS bucket))
     SELECT g.service, (${range.from}) + g.bucket * ${width}, coalesce(requests, 0), coalesce(errors, 0), p95
     FROM grid g LEFT JOIN counted c ON c.service = g.service AND c.bucket = g.bucket ORDER BY g.service, g.bucket`,
    entries.params,
    contract.sparklines.output.columns,
    { signal },
  )
  return { table, completeness: scope.completeness }
}

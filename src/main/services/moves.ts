// Measures that moved: services, operations, log levels and metrics, each as buckets of time scored against their own
// baseline in SQL. Scale and meaning of the score: shared/domain/change-score.ts.
//
// The move is the 90th (or 10th, whichever is further) percentile of the buckets' deviations, so one odd bucket is not a
// change and a fault that fills a tenth of the window is. Its onset is the first bucket at least half as far out.

import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import { CONSTANT_Z, LEAST_Z } from '../../shared/domain/change-score.ts'
import type { SqlValue } from '../storage/telemetry/api.ts'
import { levelIndex, levelNames } from './levels.ts'
import type { Asked } from './overview.ts'
import { entrySpans, spanning, within } from './windows.ts'

export interface Move extends Record<string, unknown> {
  readonly subject: string
  readonly service: string
  readonly measure: string
  readonly unit: string
  readonly before: number | null
  readonly after: number
  readonly z: number
  readonly at: bigint
  /** what else tells the subject apart, for its link */
  readonly detail: string
}

export interface Windows {
  readonly range: TimeRange
  readonly before: TimeRange
}

export const bucketNs = ({ range }: Windows): bigint => {
  const width = (range.to - range.from) / 40n
  const least = 10_000_000_000n
  // past two weeks wider, or "all of time" would be millions of buckets for every subject
  const spread = (range.to - range.from) / 2000n
  const most = spread > 600_000_000_000n ? spread : 600_000_000_000n
  return width < least ? least : width > most ? most : width
}

/** Every subject has every bucket: an hour against a thousand years would be millions of them. */
const MOST_BEFORE = 4000n

/** The baseline's last part that is not too long to be cut as finely as the range. */
export function boundedBaseline({ range, before }: Windows): TimeRange {
  const most = MOST_BEFORE * bucketNs({ range, before })
  return before.to - before.from > most ? { from: asEpochNs(before.to - most), to: before.to } : before
}

const bucketOf = (column: string, w: Windows) =>
  `CASE WHEN ${within(column, w.range)} THEN (${column} - (${w.range.from})) // ${bucketNs(w)} ELSE -1 - (${w.before.to} - 1 - ${column}) // ${bucketNs(w)} END`
const inWindows = (column: string, w: Windows) => `(${within(column, w.range)} OR ${within(column, w.before)})`
/** relation of one column `bucket`: all buckets of both windows, negative = before */
function allBuckets(w: Windows): string {
  const count = (r: TimeRange) => (r.to - r.from + bucketNs(w) - 1n) / bucketNs(w)
  return `(SELECT unnest(range(-(${count(w.before)}), ${count(w.range)}))::BIGINT AS bucket)`
}

/**
 * Scores a relation of subject, service, measure, unit, detail, bucket, v, floor (in v's unit), rel (noise as a share of
 * the median), counted (v is a count, so that its square root is noise). `known`: floor and rel are the measure's own
 * sampling noise, so even a baseline that never moved says what is usual. Without a baseline a subject is not scored.
 */
function score(
  asked: Asked,
  w: Windows,
  buckets: string,
  params: readonly SqlValue[],
  least: number,
  known: boolean,
  perSubject: string,
  limit: number,
): Promise<Move[]> {
  const key = 'subject, service, measure, unit, detail'
  return asked.store.rows<Move>(
    `WITH ${buckets},
      base AS (SELECT ${key}, median(v) AS med, quantile_cont(v, 0.75) - quantile_cont(v, 0.25) AS iqr FROM buckets WHERE bucket < 0 GROUP BY ALL),
      deviations AS (SELECT b.*, med, iqr, (v - med) / greatest(iqr / 1.349, greatest(0.02, rel) * abs(med), floor, CASE WHEN counted THEN sqrt(greatest(med, 1)) ELSE 0 END, 1e-300) AS z
        FROM buckets b JOIN base USING (${key}) WHERE bucket >= 0),
      sides AS (SELECT ${key}, any_value(med) AS med, any_value(iqr) AS iqr, quantile_cont(z, 0.9) AS high, quantile_cont(z, 0.1) AS low,
        quantile_cont(v, 0.9) AS high_v, quantile_cont(v, 0.1) AS low_v FROM deviations GROUP BY ALL),
      moved AS (SELECT *, CASE WHEN abs(high) >= abs(low) THEN high ELSE low END AS raw, CASE WHEN abs(high) >= abs(low) THEN high_v ELSE low_v END AS v FROM sides),
      capped AS (SELECT *, CASE WHEN ${known ? 'false' : 'iqr = 0'} THEN greatest(-${CONSTANT_Z}, least(${CONSTANT_Z}, raw)) ELSE raw END AS z FROM moved),
      onsets AS (SELECT ${key}, min(d.bucket) AS bucket FROM deviations d JOIN capped c USING (${key}) WHERE d.z * sign(c.raw) >= abs(c.raw) / 2 GROUP BY ALL),
      best AS (SELECT c.*, o.bucket, row_number() OVER (PARTITION BY ${perSubject} ORDER BY abs(c.z) DESC, abs(c.raw) DESC, c.detail) AS place
        FROM capped c JOIN onsets o USING (${key}) WHERE abs(c.z) >= ${least} AND isfinite(c.z))
     SELECT ${key}, med AS before, v AS after, z::DOUBLE AS z, greatest((${w.range.from}), (${w.range.from}) + bucket * ${bucketNs(w)})::BIGINT AS at
     FROM best WHERE place = 1 ORDER BY abs(z) DESC, ${key} LIMIT ${limit}`,
    params,
    { signal: asked.signal },
  )
}

/** Rate, errors and p95 per service, or per service and operation. */
export async function spanMoves(asked: Asked, w: Windows, by: 'service' | 'operation', limit: number): Promise<Move[]> {
  const entries = await entrySpans(asked.store, asked.scope, spanning(w.range, w.before), asked.signal)
  const subject = by === 'service' ? 'service' : 'operation'
  const width = Number(bucketNs(w)) / 1e9
  const buckets = `counted AS (SELECT ${subject} AS subject, service, (${bucketOf('start_ns', w)})::BIGINT AS bucket, count(*) AS n, count(*) FILTER (status = 2) AS errors,
        round(quantile_cont(duration_ns, 0.95))::DOUBLE AS p95 FROM ${entries.sql} WHERE ${inWindows('start_ns', w)} GROUP BY ALL),
      subjects AS (SELECT subject, service, sum(n) AS n FROM counted GROUP BY ALL HAVING sum(n) >= 20),
      filled AS (SELECT s.subject, s.service, g.bucket, coalesce(c.n, 0) AS n, c.errors, c.p95 FROM subjects s CROSS JOIN ${allBuckets(w)} g
        LEFT JOIN counted c ON c.subject = s.subject AND c.service = s.service AND c.bucket = g.bucket),
      buckets AS (
        SELECT subject, service, 'rate' AS measure, '1/s' AS unit, '' AS detail, bucket, n / ${width} AS v, greatest(sqrt(n), 3) / ${width} AS floor, 0.0 AS rel, false AS counted FROM filled
        UNION ALL SELECT subject, service, 'errors', '1', '', bucket, errors / n, 0.005 + sqrt(0.01 / n), 0.0, false FROM filled WHERE n > 0
        UNION ALL SELECT subject, service, 'p95', 'ns', '', bucket, p95, 1e6, 1 / sqrt(n), false FROM filled WHERE n > 0)`
  return score(asked, w, buckets, entries.params, LEAST_Z, true, 'subject, service, measure', limit)
}

/** Lines per service and level; warn and worse weigh whole, the rest only when they move three times as far. */
export async function levelMoves(asked: Asked, w: Windows, limit: number): Promise<Move[]> {
  const buckets = `counted AS (SELECT service, ${levelIndex('severity')} AS level, (${bucketOf('time_ns', w)})::BIGINT AS bucket, count(*) AS n
        FROM ${asked.scope.relation('logs', spanning(w.range, w.before))} WHERE ${inWindows('time_ns', w)} GROUP BY ALL),
      subjects AS (SELECT DISTINCT service, level FROM counted),
      buckets AS (SELECT ${levelNames('s.level')} AS subject, s.service, 'lines' AS measure, '1' AS unit, '' AS detail, g.bucket, coalesce(c.n, 0)::DOUBLE AS v,
          CASE WHEN s.level >= 4 THEN 2 ELSE 10 END::DOUBLE AS floor, 0.0 AS rel, true AS counted
        FROM subjects s CROSS JOIN ${allBuckets(w)} g LEFT JOIN counted c ON c.service = s.service AND c.level = s.level AND c.bucket = g.bucket)`
  const moves = await score(asked, w, buckets, [], LEAST_Z, true, 'subject, service', limit)
  // scored as counts, told per minute: the width of a bucket means nothing to people
  const minutes = Number(bucketNs(w)) / 60e9
  return moves.map((m) => ({
    ...m,
    unit: '/min',
    before: m.before === null ? null : m.before / minutes,
    after: m.after / minutes,
  }))
}

/** Floors by unit; a quarter where a gauge counts things, two events a bucket where a counter does; where nothing is known, a tenth of the largest value seen. */
const unitFloor = (
  w: Windows,
) => `CASE WHEN counter AND bool_and(whole) OVER (PARTITION BY source, series) THEN greatest(0.1 * max(abs(v)) OVER (PARTITION BY source, series), ${2e9 / Number(bucketNs(w))})
  WHEN bool_and(whole) OVER (PARTITION BY source, series) AND NOT counter AND name NOT LIKE '%bytes%' THEN 0.25 WHEN unit IN ('1', 'ratio') AND NOT counter THEN 0.01 WHEN unit IN ('By', 'bytes') OR name LIKE '%bytes%' THEN 1048576 WHEN unit IN ('s', 'seconds') OR name LIKE '%seconds%' THEN 0.001
  WHEN unit IN ('ms', 'milliseconds') THEN 1 WHEN unit IN ('%', 'percent') THEN 1 ELSE 0.1 * max(abs(v)) OVER (PARTITION BY source, series) END`

/** Gauges as they are, counters as rates; of the series of one metric and service the one that moved most. */
export function metricMoves(asked: Asked, w: Windows, limit: number): Promise<Move[]> {
  const { scope } = asked
  const range = spanning(w.range, w.before)
  const buckets = `named AS (SELECT source, series, any_value(prom_name) AS name, any_value(labels) AS labels, any_value(unit) AS unit, any_value(service) AS service,
        any_value((type = 'sum' AND monotonic AND temporality <> 'delta') OR (type = 'untyped' AND prom_name LIKE '%\\_total' ESCAPE '\\')) AS counter
        FROM ${scope.relation('series')} WHERE json_extract_string(labels, '$.le') IS NULL GROUP BY source, series),
      points AS (SELECT source, series, time_ns, value, lag(value) OVER ordered AS was, lag(time_ns) OVER ordered AS was_ns
        FROM ${scope.relation('samples', range)} WHERE isfinite(value) WINDOW ordered AS (PARTITION BY source, series ORDER BY time_ns)),
      readings AS (SELECT p.source, p.series, n.name, n.labels, n.unit, n.service, n.counter, (${bucketOf('p.time_ns', w)})::BIGINT AS bucket,
          avg(CASE WHEN NOT n.counter THEN value WHEN value >= was AND time_ns > was_ns THEN (value - was) * 1e9 / (time_ns - was_ns) END) AS v,
          bool_and(value = floor(value)) AS whole
        FROM points p JOIN named n ON n.source = p.source AND n.series = p.series WHERE ${inWindows('p.time_ns', w)} GROUP BY ALL),
      buckets AS (SELECT name AS subject, service, CASE WHEN counter THEN 'rate' ELSE 'value' END AS measure, CASE WHEN counter THEN unit || '/s' ELSE unit END AS unit,
          labels AS detail, bucket, v, ${unitFloor(w)} AS floor, 0.0 AS rel, false AS counted FROM readings WHERE v IS NOT NULL)`
  return score(asked, w, buckets, [], LEAST_Z + 1, false, 'subject, service', limit)
}

// Stored series and their points as OTLP metrics, grouped by resource and scope; points are fetched for some series at a time.

import type { HistogramRow, MetricType, SeriesInfo, Temporality } from '../../shared/domain/telemetry.ts'
import type { MetricPoint, WrittenMetric } from '../../shared/wire/otlp/write.ts'
import { promNameOf, withPromName } from '../../shared/wire/otlp/prom-name.ts'
import { hexOfSpan, hexOfUuid } from '../storage/telemetry/ids.ts'
import { decodeAttributes, decodeSeriesOtlp } from '../storage/telemetry/codec.ts'
import type { OtlpQuestion } from './tables.ts'

/** Points of one metric object; a metric with more is written as several of the same name. */
const POINTS_AT_ONCE = 20_000
/** Characters of one metric: half of what our own reader takes as one value, as a character may be several bytes. */
const MAX_TEXT = 4 * 1024 * 1024

interface SeriesRecord extends Record<string, unknown> {
  source: number
  series: bigint
  name: string
  prom_name: string
  type: string
  unit: string
  help: string
  temporality: string
  monotonic: boolean
  otlp: string | null
  resource: bigint | null
  scope: bigint | null
  attrs_json: string | null
  attrs_types: string | null
  points: bigint
}

export interface MetricGroup {
  readonly source: number
  readonly resource: bigint | null
  readonly scope: bigint | null
  metrics(write: (metric: WrittenMetric) => unknown): AsyncGenerator<string>
}

export async function* metricGroups(question: OtlpQuestion): AsyncGenerator<MetricGroup> {
  const { store, scope, range, signal } = question
  const series = await store.rows<SeriesRecord>(
    `SELECT s.source, s.series, s.name, s.prom_name, s.type, s.unit, s.help, s.temporality, s.monotonic, s.otlp, s.resource, s.scope,
       a.json AS attrs_json, a.types AS attrs_types, p.points
     FROM (SELECT *, row_number() OVER () AS n FROM ${scope.relation('series')}) s
     JOIN (SELECT source, series, sum(points)::BIGINT AS points FROM (
         SELECT source, series, count(*) AS points FROM ${scope.relation('samples', range)} GROUP BY ALL
         UNION ALL SELECT source, series, count(*) FROM ${scope.relation('histograms', range)} GROUP BY ALL) GROUP BY ALL) p
       ON p.source = s.source AND p.series = s.series
     LEFT JOIN ${scope.relation('attributes')} a ON a.source = s.source AND a.hash = s.attrs ORDER BY s.n`,
    [],
    { signal },
  )
  const groups = new Map<string, SeriesRecord[]>()
  for (const record of series) {
    const key = `${record.source}/${record.resource}/${record.scope}`
    const known = groups.get(key)
    if (known) known.push(record)
    else groups.set(key, [record])
  }
  for (const records of groups.values()) {
    const { source, resource, scope: ofScope } = records[0] as SeriesRecord
    yield { source, resource, scope: ofScope, metrics: (write) => metricsOf(question, records, write) }
  }
}

async function* metricsOf(
  question: OtlpQuestion,
  records: readonly SeriesRecord[],
  write: (metric: WrittenMetric) => unknown,
): AsyncGenerator<string> {
  const byMetric = new Map<string, SeriesRecord[]>()
  for (const r of records) {
    const key = JSON.stringify([r.name, r.type, r.unit, r.help, r.temporality, r.monotonic, r.otlp])
    const known = byMetric.get(key)
    if (known) known.push(r)
    else byMetric.set(key, [r])
  }
  for (const members of byMetric.values()) {
    for (let at = 0; at < members.length; ) {
      const lot: SeriesRecord[] = []
      for (
        let points = 0;
        at < members.length && (lot.length === 0 || points < POINTS_AT_ONCE) && lot.length < 2000;
        at++
      ) {
        const member = members[at] as SeriesRecord
        lot.push(member)
        points += Number(member.points)
      }
      yield* metricTexts(await readMetric(question, lot), write)
    }
  }
}

/** One metric as one text, or as several of the same name where it would be larger than readers take. */
export function* metricTexts(metric: WrittenMetric, write: (metric: WrittenMetric) => unknown): Generator<string> {
  const { series, points } = metric
  // one text of all of them could be larger than a text may be
  if (points.length > POINTS_AT_ONCE) {
    for (let at = 0; at < points.length; at += POINTS_AT_ONCE)
      yield* metricTexts({ series, points: points.slice(at, at + POINTS_AT_ONCE) }, write)
    return
  }
  const text = JSON.stringify(write(metric))
  if (text.length <= MAX_TEXT || points.length <= 1) {
    yield text
    return
  }
  const half = Math.ceil(points.length / 2)
  yield* metricTexts({ series, points: points.slice(0, half) }, write)
  yield* metricTexts({ series, points: points.slice(half) }, write)
}

interface PointRecord extends Record<string, unknown> {
  series: bigint
  time_ns: bigint
  start_ns: bigint
  value: number
  is_int: boolean
  flags: number
}
interface HistogramRecord extends Record<string, unknown> {
  series: bigint
  time_ns: bigint
  start_ns: bigint
  count: number
  sum: number | null
  min: number | null
  max: number | null
  bounds: number[] | null
  counts: number[] | null
  scale: number | null
  zero_count: number | null
  zero_threshold: number | null
  positive_offset: number | null
  positive: number[] | null
  negative_offset: number | null
  negative: number[] | null
  quantiles: string | null
  flags: number
}
interface ExemplarRecord extends Record<string, unknown> {
  series: bigint
  point_ns: bigint
  time_ns: bigint
  value: number
  is_int: boolean
  trace: string | null
  span: string | null
  attrs_json: string | null
  attrs_types: string | null
}

async function readMetric(question: OtlpQuestion, lot: readonly SeriesRecord[]): Promise<WrittenMetric> {
  const { store, scope, range, signal, onRows } = question
  const first = lot[0] as SeriesRecord
  const infos = new Map(lot.map((r) => [r.series, infoOf(r)]))
  const mine = `source = ${Number(first.source)} AND series IN (${lot.map((r) => `${BigInt(r.series)}::UBIGINT`).join(',')})`
  const isNumber = first.type === 'gauge' || first.type === 'sum' || first.type === 'untyped'
  const exemplars = new Map<string, MetricPoint['exemplars'][number][]>()
  const exemplarRows = await store.rows<ExemplarRecord>(
    `SELECT e.series, e.point_ns, e.time_ns, e.value, e.is_int, ${hexOfUuid('e.trace_id')} AS trace, ${hexOfSpan('e.span_id')} AS span,
       a.json AS attrs_json, a.types AS attrs_types
     FROM (SELECT *, row_number() OVER () AS n FROM ${scope.relation('exemplars', range)} WHERE ${mine}) e
     LEFT JOIN ${scope.relation('attributes')} a ON a.source = e.source AND a.hash = e.attrs ORDER BY e.n`,
    [],
    { signal },
  )
  for (const e of exemplarRows) {
    const key = `${e.series}/${e.point_ns}`
    const known = exemplars.get(key) ?? []
    exemplars.set(key, known)
    known.push({
      series: infos.get(e.series) as SeriesInfo,
      pointTime: BigInt(e.point_ns),
      time: BigInt(e.time_ns),
      value: e.value,
      isInt: e.is_int || undefined,
      traceId: e.trace ?? '',
      spanId: e.span ?? '',
      attributes: decodeAttributes(e.attrs_json ?? '{}', e.attrs_types),
    })
  }
  const base = (r: { series: bigint; time_ns: bigint; start_ns: bigint; flags: number }) => ({
    series: infos.get(r.series) as SeriesInfo,
    time: BigInt(r.time_ns),
    startTime: BigInt(r.start_ns),
    flags: r.flags === 0 ? undefined : r.flags,
  })
  const points: MetricPoint[] = []
  if (isNumber) {
    const rows = await store.rows<PointRecord>(
      `SELECT series, time_ns, start_ns, value, is_int, flags FROM ${scope.relation('samples', range)} WHERE ${mine}`,
      [],
      { signal },
    )
    for (const r of rows)
      points.push({
        sample: { ...base(r), value: r.value, isInt: r.is_int || undefined },
        exemplars: exemplars.get(`${r.series}/${r.time_ns}`) ?? [],
      })
  } else {
    const rows = await store.rows<HistogramRecord>(
      `SELECT * FROM ${scope.relation('histograms', range)} WHERE ${mine}`,
      [],
      { signal },
    )
    for (const r of rows)
      points.push({
        histogram: { ...base(r), ...histogramOf(r, first.type) },
        exemplars: exemplars.get(`${r.series}/${r.time_ns}`) ?? [],
      })
  }
  onRows(points.length)
  return { series: infoOf(first), points: withLoose(points, exemplars) }
}

/**
 * Exemplars whose point is not known (a Prometheus tells them beside its samples) or not in the range go with the first
 * point of their series that is not before them, or with the last one.
 */
function withLoose(
  points: readonly MetricPoint[],
  exemplars: ReadonlyMap<string, MetricPoint['exemplars']>,
): readonly MetricPoint[] {
  const held = new Set(points.map((p) => p.exemplars))
  const loose = [...exemplars.values()].filter((list) => !held.has(list)).flat()
  if (loose.length === 0) return points
  const rows = points.map(({ sample, histogram }) => sample ?? histogram)
  const bySeries = Map.groupBy(points.keys(), (i) => rows[i]?.series)
  const timeOf = (i: number | undefined) => (i === undefined ? 0n : (rows[i]?.time ?? 0n))
  for (const places of bySeries.values()) places.sort((a, b) => compare(timeOf(a), timeOf(b)))
  const added = new Map<number, MetricPoint['exemplars'][number][]>()
  for (const exemplar of loose) {
    const places = bySeries.get(exemplar.series) ?? []
    const after = places[firstFrom(places.length, (i) => timeOf(places[i]) >= exemplar.time)]
    const at = after ?? places.at(-1)
    if (at !== undefined) added.set(at, [...(added.get(at) ?? []), exemplar])
  }
  return points.map((p, i) => {
    const more = added.get(i)
    return more === undefined ? p : { ...p, exemplars: [...p.exemplars, ...more] }
  })
}

/** The first place that has it, of `length` places of which those that have it come last. */
function firstFrom(length: number, has: (place: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (has(middle)) high = middle
    else low = middle + 1
  }
  return low
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

function histogramOf(r: HistogramRecord, type: string): Omit<HistogramRow, 'series' | 'time' | 'startTime' | 'flags'> {
  const base = { count: r.count, sum: r.sum, min: r.min, max: r.max }
  if (type === 'summary') {
    const pairs = r.quantiles === null ? [] : (JSON.parse(r.quantiles) as Array<[number | string, number | string]>)
    return { ...base, quantiles: pairs.map(([q, v]) => ({ quantile: Number(q), value: Number(v) })) }
  }
  if (r.scale === null) return { ...base, explicit: { bounds: r.bounds ?? [], counts: r.counts ?? [] } }
  return {
    ...base,
    exponential: {
      scale: r.scale,
      zeroCount: r.zero_count ?? 0,
      zeroThreshold: r.zero_threshold ?? 0,
      positiveOffset: r.positive_offset ?? 0,
      positive: r.positive ?? [],
      negativeOffset: r.negative_offset ?? 0,
      negative: r.negative ?? [],
    },
  }
}

function infoOf(r: SeriesRecord): SeriesInfo {
  const type = r.type as MetricType
  const otlp = decodeSeriesOtlp(r.otlp)
  // a series that came under a Prometheus name would get suffixes when it is read again: the name goes with it
  const isOther = r.prom_name !== promNameOf(r.name, r.unit, type, r.monotonic)
  return {
    name: r.name,
    promName: r.prom_name,
    labels: {},
    type,
    unit: r.unit,
    help: r.help,
    service: '',
    temporality: r.temporality as Temporality,
    monotonic: r.monotonic,
    attributes: r.attrs_json === null ? { values: {} } : decodeAttributes(r.attrs_json, r.attrs_types),
    otlp: isOther ? { metadata: withPromName(otlp?.metadata, r.prom_name) } : otlp,
  }
}

// What is played: the demo, made whole, cut at a minute and shifted to the wall clock. The same seed gives the same incident;
// ids of traces are new in every play, for a backend puts equal ones together.

import { randomBytes } from 'node:crypto'
import { planDemo } from '../../src/main/demo/generate.ts'
import type { ExemplarRow, HistogramRow, SampleRow, SpanRow } from '../../src/shared/domain/telemetry.ts'
import type { FAULTS } from '../../src/shared/contract/demo.ts'
import type { WriteSeries } from './remote-write.ts'
import { type PlayedCount, spanMetrics } from './span-metrics.ts'

export interface PlayOptions {
  readonly seed: number
  readonly scale: number
  readonly fault: (typeof FAULTS)[number] | undefined
  /** of the demo from its beginning; undefined: until the incident has burned for a while */
  readonly minutes: number | undefined
  /** minutes of the demo in one minute; undefined: everything at once, ending now */
  readonly speed: number | undefined
}

export interface PlayedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
  /** epoch milliseconds of the wall clock; undefined: fires at the end of the play */
  readonly from: number
  readonly to: number | undefined
}

export interface Played {
  /** in the wall clock's milliseconds */
  readonly from: number
  readonly to: number
  readonly name: string
  readonly rootService: string
  readonly spans: readonly SpanRow[]
  readonly samples: readonly SampleRow[]
  readonly histograms: readonly HistogramRow[]
  readonly exemplars: readonly ExemplarRow[]
  /** what the spans were measured as */
  readonly counts: readonly PlayedCount[]
  readonly alerts: readonly PlayedAlert[]
}

const MINUTE = 60_000
const BURNS_FOR = 25
const MS = 1_000_000n

/** @param now epoch milliseconds */
export function played(options: PlayOptions, now: number): Played {
  const demo = planDemo(options)
  const { from, to, truth } = demo
  const whole = Math.round((to - from) / MINUTE)
  const burning = truth.rootService === '' ? whole : Math.ceil((truth.at - from) / MINUTE) + BURNS_FOR
  const minutes = Math.min(whole, options.minutes ?? burning)
  const speed = options.speed ?? 1
  const end = from + minutes * MINUTE
  const start = options.speed === undefined ? now - minutes * MINUTE : now
  const clock = (ms: number): number => start + (ms - from) / speed
  const clockNs = (ns: bigint): bigint =>
    BigInt(Math.round(start * 1e3)) * 1000n + (ns - BigInt(from) * MS) / BigInt(speed)
  const mark = randomBytes(4).toString('hex')
  const idOf = (traceId: string): string => (traceId === '' ? '' : mark + traceId.slice(8))
  const spans: SpanRow[] = []
  const samples: SampleRow[] = []
  const histograms: HistogramRow[] = []
  const exemplars: ExemplarRow[] = []
  const alerts: PlayedAlert[] = []
  const until = BigInt(end) * MS
  const begins = BigInt(from) * MS
  for (const batch of demo.batches()) {
    if (batch.kind === 'spans') for (const row of batch.rows) if (row.start < until) spans.push(row)
    if (batch.kind === 'samples')
      for (const row of batch.rows) if (row.time < until) samples.push({ ...row, time: clockNs(row.time) })
    if (batch.kind === 'histograms')
      for (const row of batch.rows) if (row.time < until) histograms.push({ ...row, time: clockNs(row.time) })
    if (batch.kind === 'exemplars')
      for (const row of batch.rows)
        if (row.time < until) exemplars.push({ ...row, time: clockNs(row.time), traceId: idOf(row.traceId) })
    if (batch.kind === 'happenings')
      for (const row of batch.rows) {
        if (row.kind !== 'alert' || row.time >= until) continue
        const { state: _state, ...labels } = row.attributes.values
        alerts.push({
          labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
          summary: row.message,
          from: clock(Number((row.time < begins ? begins : row.time) / MS)),
          to: row.endTime > row.time && row.endTime < until ? clock(Number(row.endTime / MS)) : undefined,
        })
      }
  }
  const moved = shifted(spans, clockNs, idOf)
  return {
    from: start,
    to: clock(end),
    name: `seed ${options.seed}, ${minutes} minutes`,
    rootService: truth.rootService,
    spans: moved,
    counts: spanMetrics(moved, clockNs(begins), clockNs(until)),
    samples,
    histograms,
    exemplars,
    alerts,
  }
}

/** A trace moves as a whole: its spans keep their lengths and distances, however fast the play is. */
function shifted(spans: readonly SpanRow[], clockNs: (ns: bigint) => bigint, idOf: (id: string) => string): SpanRow[] {
  const firsts = new Map<string, bigint>()
  for (const { traceId, start } of spans) {
    const known = firsts.get(traceId)
    if (known === undefined || start < known) firsts.set(traceId, start)
  }
  return spans.map((span) => {
    const first = firsts.get(span.traceId) ?? span.start
    const by = clockNs(first) - first
    return {
      ...span,
      traceId: idOf(span.traceId),
      start: span.start + by,
      ...(span.events ? { events: span.events.map((event) => ({ ...event, time: event.time + by })) } : {}),
      ...(span.links ? { links: span.links.map((link) => ({ ...link, traceId: idOf(link.traceId) })) } : {}),
    }
  })
}

/** Series as remote write has them: explicit histograms as their classic series, and as native ones where those are known. */
export function seriesOf(
  { samples, histograms, exemplars, counts }: Pick<Played, 'samples' | 'histograms' | 'exemplars' | 'counts'>,
  play: string,
  withNative: boolean,
): WriteSeries[] {
  const all = new Map<string, WriteSeries>()
  const seriesFor = (name: string, own: Readonly<Record<string, string>>, le?: string): WriteSeries => {
    const labels = { __name__: name, ...own, play, ...(le === undefined ? {} : { le }) }
    const key = JSON.stringify(labels)
    let series = all.get(key)
    if (!series) {
      series = { labels, samples: [], exemplars: [], histograms: [] }
      all.set(key, series)
    }
    return series
  }
  const ms = (ns: bigint): number => Number(ns / MS)
  for (const { series, time, value } of samples)
    seriesFor(series.promName, series.labels).samples.push({ at: ms(time), value })
  for (const { name, labels, time, value } of counts) seriesFor(name, labels).samples.push({ at: ms(time), value })
  for (const { series, time, count, sum, explicit } of histograms) {
    if (!explicit) continue
    const at = ms(time)
    const name = series.promName
    let total = 0
    explicit.counts.forEach((each, i) => {
      total += each
      const le = explicit.bounds[i]
      seriesFor(`${name}_bucket`, series.labels, le === undefined ? '+Inf' : String(le)).samples.push({
        at,
        value: total,
      })
    })
    seriesFor(`${name}_count`, series.labels).samples.push({ at, value: count })
    seriesFor(`${name}_sum`, series.labels).samples.push({ at, value: sum ?? 0 })
    if (withNative)
      seriesFor(name, series.labels).histograms.push({
        at,
        count,
        sum: sum ?? 0,
        bounds: explicit.bounds,
        counts: explicit.counts,
      })
  }
  const boundsOf = new Map(histograms.map(({ series, explicit }) => [series.promName, explicit?.bounds ?? []]))
  for (const { series, time, value, traceId, spanId } of exemplars) {
    const le = boundsOf.get(series.promName)?.find((bound) => value <= bound)
    const labels = { trace_id: traceId, span_id: spanId }
    seriesFor(`${series.promName}_bucket`, series.labels, le === undefined ? '+Inf' : String(le)).exemplars.push({
      at: ms(time),
      value,
      labels,
    })
  }
  for (const { exemplars: own } of all.values()) own.sort((a, b) => a.at - b.at)
  return [...all.values()].filter(({ samples: own, histograms: native }) => own.length + native.length > 0)
}

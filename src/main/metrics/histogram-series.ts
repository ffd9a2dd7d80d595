// Stored histogram and summary points under the names that Prometheus has for them.

import {
  formatPlain,
  matchesAll,
  type NativeHistogram,
  type RawSeries,
  type Selection,
} from '../../shared/promql/index.ts'
import type { Match } from './catalogue.ts'
import { SeriesWriter } from './series-writer.ts'

export interface HistogramRecord extends Record<string, unknown> {
  place: bigint
  /** milliseconds */
  ms: number
  start: number
  none: number
  count: number
  sum: number | null
  bounds: number[] | null
  counts: number[] | null
  scale: number | null
  zero_count: number | null
  zero_threshold: number | null
  positive_offset: number | null
  positive: number[] | null
  negative_offset: number | null
  negative: number[] | null
  /** JSON: [[quantile, value], ..], what is not finite as text */
  quantiles: string | null
}

export function histogramSeries(match: Match, records: readonly HistogramRecord[], selection: Selection): RawSeries[] {
  const accumulate = match.stored.delta && selection.counter
  switch (match.part) {
    case 'count':
    case 'sum': {
      const writer = new SeriesWriter(match.labels, accumulate)
      for (const r of records)
        writer.add(r.ms, (match.part === 'count' ? r.count : r.sum) ?? NaN, r.none !== 0, r.start)
      return [writer.build()]
    }
    case 'native': {
      const writer = new SeriesWriter(match.labels, false)
      for (const r of records) {
        if (r.none !== 0) writer.add(r.ms, NaN, true, 0)
        else writer.addHistogram(r.ms, nativeOf(r, match.stored.delta))
      }
      return [writer.build()]
    }
    case 'quantile':
      return labelled(match, records, selection, 'quantile', false, (r) => quantilesOf(r.quantiles))
    default:
      return labelled(match, records, selection, 'le', accumulate, (r) => cumulative(r))
  }
}

function labelled(
  match: Match,
  records: readonly HistogramRecord[],
  selection: Selection,
  label: string,
  accumulate: boolean,
  points: (record: HistogramRecord) => ReadonlyArray<readonly [string, number]>,
): RawSeries[] {
  const writers = new Map<string, SeriesWriter>()
  const matchers = selection.matchers.filter((m) => m.name === label)
  for (const record of records) {
    if (record.none !== 0) {
      for (const writer of writers.values()) writer.add(record.ms, NaN, true, 0)
      continue
    }
    for (const [text, value] of points(record)) {
      let writer = writers.get(text)
      if (!writer) {
        const labels = match.labels.with([[label, text]])
        if (!matchesAll(matchers, labels)) continue
        writer = new SeriesWriter(labels, accumulate)
        writers.set(text, writer)
      }
      writer.add(record.ms, value, false, record.start)
    }
  }
  return [...writers.values()].map((writer) => writer.build())
}

/** Counts up to each bound; a point without buckets has only the last, +Inf. */
function cumulative(record: HistogramRecord): ReadonlyArray<readonly [string, number]> {
  const bounds = record.bounds ?? []
  const out: Array<readonly [string, number]> = []
  let total = 0
  bounds.forEach((bound, i) => {
    total += record.counts?.[i] ?? 0
    if (bound !== Infinity) out.push([formatPlain(bound), total])
  })
  out.push(['+Inf', record.count])
  return out
}

function quantilesOf(json: string | null): ReadonlyArray<readonly [string, number]> {
  const parsed: unknown = JSON.parse(json ?? '[]')
  if (!Array.isArray(parsed)) return []
  return parsed.map((pair: readonly [unknown, unknown]) => [formatPlain(Number(pair[0])), Number(pair[1])] as const)
}

/**
 * OTLP bucket i of an offset o is (base^(o+i), base^(o+i+1)], which Prometheus numbers o+i+1. Scales past Prometheus's
 * finest schema (8) are merged down to it.
 */
function nativeOf(record: HistogramRecord, delta: boolean): NativeHistogram {
  const scale = record.scale ?? 0
  const schema = Math.min(8, scale)
  const shrink = 2 ** (scale - schema)
  const side = (counts: readonly number[] | null, offset: number | null) => {
    const out = new Map<number, number>()
    for (const [i, count] of (counts ?? []).entries()) {
      if (count === 0) continue
      const index = Math.ceil(((offset ?? 0) + i + 1) / shrink)
      out.set(index, (out.get(index) ?? 0) + count)
    }
    return out
  }
  return {
    schema,
    count: record.count,
    sum: record.sum ?? NaN,
    zeroThreshold: record.zero_threshold ?? 0,
    zeroCount: record.zero_count ?? 0,
    positive: side(record.positive, record.positive_offset),
    negative: side(record.negative, record.negative_offset),
    bounds: [],
    // every delta point starts from zero: to a counter function that is a reset before it
    hint: delta ? 'reset' : 'unknown',
  }
}

// The telemetry store as the evaluator's source of samples: one source of data at a time, so that two never mix.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import { columnNamed, type Column } from '../../shared/frame/frame.ts'
import type { RawSeries, Selection, SeriesSource } from '../../shared/promql/index.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { chosenSql } from '../storage/telemetry/lane-reader.ts'
import { NO_VALUE } from '../storage/telemetry/sample-cells.ts'
import { type Match, matchSeries } from './catalogue.ts'
import { histogramSeries, type HistogramRecord } from './histogram-series.ts'
import { msSql, msToNs } from './times.ts'
import { SeriesWriter } from './series-writer.ts'

/** Most samples one query may read. */
export const MAX_SAMPLES = 20_000_000
const MAX_HISTOGRAMS = 500_000
export class StoreSource implements SeriesSource {
  readonly #store: TelemetryStore
  readonly #scope: Scope

  /** @param scope of exactly one source */
  constructor(store: TelemetryStore, scope: Scope) {
    this.#store = store
    this.#scope = scope
  }

  async select(selection: Selection, signal: AbortSignal | undefined): Promise<RawSeries[]> {
    const matches = await matchSeries(this.#store, this.#scope, selection.matchers, signal)
    const range: TimeRange = {
      from: asEpochNs(msToNs(selection.after) + 1n),
      to: asEpochNs(msToNs(selection.until) + 1n),
    }
    const plain = matches.filter((match) => match.part === 'value')
    const folded = matches.filter((match) => match.part !== 'value')
    const out = [
      ...(await this.#samples(plain, range, selection.counter, signal)),
      ...(await this.#histograms(folded, range, selection, signal)),
    ]
    return unite(out)
  }

  async #samples(
    matches: readonly Match[],
    range: TimeRange,
    counter: boolean,
    signal: AbortSignal | undefined,
  ): Promise<RawSeries[]> {
    if (matches.length === 0) return []
    const frame = await this.#store.frame(
      `SELECT k.place, ${msSql('s.time_ns')}, s.value, s.flags & ${NO_VALUE}, ${msSql('s.start_ns')}
       FROM ${this.#scope.relation('samples', range)} s JOIN ${chosenSql(matches.map((m) => m.stored.id))} k USING (series)
       ORDER BY k.place, s.time_ns LIMIT ${MAX_SAMPLES + 1}`,
      [],
      [
        { name: 'place', type: 'int' },
        { name: 'ms', type: 'float' },
        { name: 'value', type: 'float' },
        { name: 'none', type: 'int' },
        { name: 'start', type: 'float' },
      ],
      { signal },
    )
    if (frame.rowCount > MAX_SAMPLES) throw tooMany('samples', MAX_SAMPLES)
    const place = numbers(columnNamed(frame, 'place'))
    const ms = numbers(columnNamed(frame, 'ms'))
    const values = numbers(columnNamed(frame, 'value'))
    const none = numbers(columnNamed(frame, 'none'))
    const start = numbers(columnNamed(frame, 'start'))
    const out: RawSeries[] = []
    for (let from = 0; from < frame.rowCount; ) {
      const match = matches[place[from] as number] as Match
      let to = from
      while (to < frame.rowCount && place[to] === place[from]) to++
      const writer = new SeriesWriter(match.labels, match.stored.delta && counter)
      for (let i = from; i < to; i++)
        writer.add(ms[i] as number, values[i] as number, none[i] !== 0, start[i] as number)
      out.push(writer.build())
      from = to
    }
    return out
  }

  async #histograms(
    matches: readonly Match[],
    range: TimeRange,
    selection: Selection,
    signal: AbortSignal | undefined,
  ): Promise<RawSeries[]> {
    if (matches.length === 0) return []
    const ids = [...new Set(matches.map((m) => m.stored.id))]
    const records = await this.#store.rows<HistogramRecord>(
      `SELECT k.place, ${msSql('h.time_ns')} AS ms, ${msSql('h.start_ns')} AS start, h.flags & ${NO_VALUE} AS none, h.count, h.sum, h.bounds, h.counts, h.scale,
         h.zero_count, h.zero_threshold, h.positive_offset, h.positive, h.negative_offset, h.negative, h.quantiles
       FROM ${this.#scope.relation('histograms', range)} h JOIN ${chosenSql(ids)} k USING (series)
       ORDER BY k.place, h.time_ns LIMIT ${MAX_HISTOGRAMS + 1}`,
      [],
      { signal },
    )
    if (records.length > MAX_HISTOGRAMS) throw tooMany('histograms', MAX_HISTOGRAMS)
    const byPlace = Map.groupBy(records, (record) => Number(record.place))
    return matches.flatMap((match) => {
      const own = byPlace.get(ids.indexOf(match.stored.id))
      return own ? histogramSeries(match, own, selection) : []
    })
  }
}

function tooMany(what: string, limit: number): WatchdeckError {
  return new WatchdeckError('limit_exceeded', `The query would read more than ${limit} ${what}.`, {
    hint: 'Shorten the range, narrow the selector, or use a shorter window.',
  })
}

/** A numeric column as numbers; int64 places and flags are small. */
export function numbers(column: Column): ArrayLike<number> {
  switch (column.storage) {
    case 'float64':
    case 'int32':
    case 'bool':
      return column.values
    case 'int64':
      return Float64Array.from(column.values, Number)
    default:
      throw new Error(`assertion failed: column ${column.name} holds no numbers`)
  }
}

/** Stored series that differ only in what PromQL does not see (scope, attributes) become one series in the order of time. */
function unite(series: readonly RawSeries[]): RawSeries[] {
  const out: RawSeries[] = []
  for (const group of Map.groupBy(series, (each) => each.labels.key).values()) {
    const first = group[0] as RawSeries
    if (group.length === 1) {
      out.push(first)
      continue
    }
    const writer = new SeriesWriter(first.labels, false)
    const points = group.flatMap((each) => [
      ...Array.from(each.times, (ms, i) => ({ ms, write: () => writer.add(ms, each.values[i] as number, false, 0) })),
      ...Array.from(each.staleTimes, (ms) => ({ ms, write: () => writer.add(ms, NaN, true, 0) })),
      ...Array.from(each.histogramTimes, (ms, i) => ({
        ms,
        write: () => writer.addHistogram(ms, each.histograms[i] as RawSeries['histograms'][number]),
      })),
    ])
    for (const point of points.sort((a, b) => a.ms - b.ms)) point.write()
    out.push(writer.build())
  }
  return out
}

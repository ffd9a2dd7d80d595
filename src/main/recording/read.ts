// Reads one stretch of a track from its source, as rows for the store.

import { asEpochNs, type EpochNs } from '../../shared/base/time.ts'
import type { Asking, LiveExemplar, LiveSeries, MetricSource, TraceSource } from '../../shared/domain/live-source.ts'
import type { Stretch } from '../../shared/domain/recording.ts'
import type {
  ExemplarRow,
  HistogramRow,
  SampleRow,
  SeriesInfo,
  SpanRow,
  TelemetryBatch,
} from '../../shared/domain/telemetry.ts'
import { native, nativeHistogram, promSeries, unitOfName } from '../../shared/wire/prometheus-json.ts'
import { readWindow } from '../engine/trace-window.ts'

export interface Read extends Stretch {
  readonly batches: readonly TelemetryBatch[]
  readonly rows: number
  /** why the stretch is not whole although it was answered */
  readonly partial: string | undefined
}

const MS = 1_000_000n

/** The series of this recording, so that each has one object and one name. */
export class SeriesBook {
  readonly #known = new Map<string, SeriesInfo>()

  of(labels: Readonly<Record<string, string>>): SeriesInfo {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    let series = this.#known.get(key)
    if (!series) {
      const made = promSeries(labels, '')
      series = { ...made, unit: unitOfName(made.promName) }
      if (this.#known.size > 100_000) this.#known.clear()
      this.#known.set(key, series)
    }
    return series
  }
}

/**
 * The raw samples of a selector: a range vector at one instant is exactly what was scraped. Its lower bound is open in
 * version 3 and closed before: what lies outside is left out here.
 * @throws WatchdeckError
 */
export async function readSamples(
  metrics: MetricSource,
  selector: string,
  { from, to }: Stretch,
  book: SeriesBook,
  withExemplars: boolean,
  asking: Asking,
): Promise<Read> {
  const last = to / MS - 1n
  const first = from / MS
  const answer = await metrics.instant(`${selector}[${last - first + 1n}ms]`, Number(last), asking)
  const samples: SampleRow[] = []
  const histograms: HistogramRow[] = []
  for (const series of answer.series)
    gather(series, book.of(series.labels), Number(first), Number(last), samples, histograms)
  const exemplars: ExemplarRow[] = []
  if (withExemplars && samples.length + histograms.length > 0) {
    const told = await metrics.exemplars(selector, { from: asEpochNs(from), to: asEpochNs(to) }, asking)
    for (const each of told.exemplars)
      if (each.time >= from && each.time < to) exemplars.push(exemplarRow(each, book.of(each.labels)))
  }
  return {
    from,
    to,
    batches: [
      ...(samples.length > 0 ? [{ kind: 'samples' as const, rows: samples }] : []),
      ...(histograms.length > 0 ? [{ kind: 'histograms' as const, rows: histograms }] : []),
      ...(exemplars.length > 0 ? [{ kind: 'exemplars' as const, rows: exemplars }] : []),
    ],
    rows: samples.length + histograms.length,
    partial: answer.completeness.complete ? undefined : (answer.completeness.missing[0]?.reason ?? CUT),
  }
}

const CUT = 'The source told only a part.'

function gather(
  { times, values, histogramTimes, histograms: told }: LiveSeries,
  series: SeriesInfo,
  first: number,
  last: number,
  samples: SampleRow[],
  histograms: HistogramRow[],
): void {
  for (let i = 0; i < times.length; i++) {
    const ms = times[i] as number
    if (ms >= first && ms <= last) samples.push({ series, time: nsOf(ms), startTime: 0n, value: values[i] as number })
  }
  for (let i = 0; i < histogramTimes.length; i++) {
    const ms = histogramTimes[i] as number
    const histogram = told[i]
    if (ms >= first && ms <= last && histogram)
      histograms.push(nativeHistogram(native(series), nsOf(ms), { ...histogram }))
  }
}

const nsOf = (ms: number): EpochNs => asEpochNs(BigInt(Math.round(ms * 1000)) * 1000n)

const exemplarRow = ({ attributes, time, value, traceId, spanId }: LiveExemplar, series: SeriesInfo): ExemplarRow => ({
  series,
  pointTime: 0n,
  time,
  value,
  traceId,
  spanId,
  attributes: { values: attributes },
})

/** Whole traces, newest first, in stretches that the source can answer. @throws WatchdeckError */
export async function* readTraces(
  traces: TraceSource,
  service: string,
  stretch: Stretch,
  asking: Asking,
): AsyncGenerator<Read & { readonly spans: readonly SpanRow[] }> {
  for await (const { from, to, spans, lacks } of readWindow(traces, stretch, service === '' ? {} : { service }, asking))
    yield {
      from,
      to,
      spans,
      batches: spans.length > 0 ? [{ kind: 'spans', rows: spans }] : [],
      rows: spans.length,
      partial: lacks[0],
    }
}

// What `promtool tsdb dump` prints of a snapshot or data folder: `{labels} value milliseconds`, one sample a line.
// (`promtool tsdb dump-openmetrics` is OpenMetrics and read as that.) https://prometheus.io/docs/prometheus/latest/command-line/promtool/

import type { SeriesInfo } from '../domain/telemetry.ts'
import { readLabels } from './exposition.ts'
import type { WireFormat } from './format.ts'
import { Lines } from './json/lines.ts'
import { floatOf, integerOf } from './json/value.ts'
import { promSeries } from './prometheus-json.ts'
import { NOTHING_LATE, type ReadOptions, timeProblem, type WireReader } from './reader.ts'

const MAX_SERIES_KEPT = 100_000

export function promtoolDumpReader(options: ReadOptions): WireReader {
  const { into } = options
  const known = new Map<string, SeriesInfo>()
  const seriesOf = (text: string): SeriesInfo | undefined => {
    const found = known.get(text)
    if (found !== undefined) return found
    const labels: Record<string, string> = {}
    if (readLabels(text, 1, labels) !== text.length || !labels.__name__) return undefined
    const series = promSeries(labels, options.service ?? '')
    if (known.size >= MAX_SERIES_KEPT) known.clear()
    known.set(text, series)
    return series
  }
  const lines = new Lines({
    line(text, number) {
      if (text.trim() === '') return
      const timeAt = text.lastIndexOf(' ')
      const valueAt = text.lastIndexOf('} ', timeAt)
      const value = valueAt < 0 ? undefined : floatOf(text.slice(valueAt + 2, timeAt))
      const millis = integerOf(text.slice(timeAt + 1))
      if (text[0] !== '{' || millis === undefined || value === undefined) {
        // native histograms are printed as {count:.., sum:.., buckets}
        into.skip(
          number,
          /\{count:/.test(text.slice(0, 20_000))
            ? 'a native histogram, which the dump prints for people only'
            : 'a line that is no sample',
          text,
        )
        return
      }
      const series = seriesOf(text.slice(0, valueAt + 1))
      if (series === undefined) {
        into.skip(number, 'labels that cannot be read', text)
        return
      }
      const time = millis * 1_000_000n
      const problem = timeProblem(time, options)
      if (problem !== undefined) {
        into.skip(number, problem, text)
        return
      }
      if (Number.isNaN(value)) into.note('NaN may be the mark of a series that ended: the dump prints both alike')
      into.samples.push({ series, time, startTime: 0n, value })
    },
    tooLong: (start, number) => into.skip(number, 'line longer than 64 MB', start),
  })
  return { push: (bytes) => lines.push(bytes), end: () => lines.end(), late: NOTHING_LATE }
}

const isSample = (line: string): boolean =>
  line.startsWith('{') && /__name__="/.test(line.slice(0, 5000)) && /\} \S{1,40} -?\d{1,15}$/.test(line.slice(-64))

export const promtoolDump: WireFormat<'promtool-dump'> = {
  name: 'promtool-dump',
  sniff(head) {
    const lines = head.lines.slice(0, 100)
    const found = lines.filter(
      (line) => isSample(line) || (line.startsWith('{__name__=') && line.includes('{count:')),
    ).length
    return found > 0 && found / lines.length > 0.9 ? { confidence: 0.98, layout: 'text', timeUnit: 'ms' } : undefined
  },
  open: promtoolDumpReader,
}

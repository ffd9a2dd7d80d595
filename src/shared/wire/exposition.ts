// The text exposition formats: OpenMetrics (seconds, `# UNIT`, `# EOF`, exemplars) and Prometheus text (milliseconds).
// https://prometheus.io/docs/specs/om/open_metrics_spec/, /docs/instrumenting/exposition_formats/

import { NO_ATTRIBUTES, type SeriesInfo } from '../domain/telemetry.ts'
import { Lines } from './json/lines.ts'
import { floatOf } from './json/value.ts'
import { setKey } from './otlp/attributes.ts'
import { readId } from './otlp/common.ts'
import { numberToNs, type TimeUnit } from './logs/time.ts'
import { secondsToNs, serviceOfLabels } from './prometheus-json.ts'
import { NOTHING_LATE, type ReadOptions, timeProblem, type WireReader } from './reader.ts'

interface Family {
  type: string
  help: string
  unit: string
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const SUFFIXES = ['_total', '_bucket', '_count', '_sum', '_created', '_gcount', '_gsum', '_info']

export type ExpositionKind = 'openmetrics' | 'prometheus'

/**
 * Samples without a time take the file's.
 * @param unit of the times; undefined: told by their size
 */
export function expositionReader(options: ReadOptions, kind: ExpositionKind, unit?: TimeUnit): WireReader {
  const families = new Map<string, Family>()
  const known = new Map<string, SeriesInfo>()
  let ended = false

  const familyOf = (name: string): Family | undefined => {
    const exact = families.get(name)
    if (exact) return exact
    for (const suffix of SUFFIXES) {
      if (!name.endsWith(suffix)) continue
      const found = families.get(name.slice(0, -suffix.length))
      if (found) return found
    }
    return undefined
  }

  const seriesOf = (name: string, labels: Record<string, string>): SeriesInfo => {
    const key = `${name}\n${JSON.stringify(labels)}`
    const found = known.get(key)
    if (found) return found
    const family = familyOf(name)
    const type = family?.type ?? 'unknown'
    const counts = type === 'counter' || (/histogram|summary/.test(type) && /_(bucket|count|sum)$/.test(name))
    const isCounter = counts && !name.endsWith('_created')
    const series: SeriesInfo = {
      name,
      promName: name,
      labels,
      type: isCounter
        ? 'sum'
        : type === 'gauge' || type === 'info' || type === 'stateset' || type === 'summary'
          ? 'gauge'
          : 'untyped',
      unit: family?.unit ?? '',
      help: family?.help ?? '',
      service: serviceOfLabels(labels, options.service ?? ''),
      temporality: isCounter ? 'cumulative' : 'unspecified',
      monotonic: isCounter,
      attributes: Object.keys(labels).length === 0 ? NO_ATTRIBUTES : { values: labels },
    }
    if (known.size > 200_000) known.clear()
    known.set(key, series)
    return series
  }

  const comment = (text: string): void => {
    if (/^# EOF\s*$/.test(text)) {
      ended = true
      return
    }
    const match = /^#\s+(TYPE|HELP|UNIT)\s+(\S+)(?:\s+(.*))?$/.exec(text)
    if (!match) return
    const name = unquoteName(match[2] as string)
    const family = families.get(name) ?? { type: 'unknown', help: '', unit: '' }
    families.set(name, family)
    const value = match[3] ?? ''
    if (match[1] === 'TYPE') family.type = value.trim().toLowerCase()
    else if (match[1] === 'HELP') family.help = unescaped(value)
    else family.unit = value.trim()
  }

  const sample = (text: string, line: number): void => {
    const parsed = parseSample(text)
    if (typeof parsed === 'string') {
      options.into.skip(line, parsed, text)
      return
    }
    const time = parsed.time === undefined ? options.fileTime : sampleTime(parsed.time, unit)
    if (time === undefined) {
      options.into.skip(line, 'a time that is no number', text)
      return
    }
    const problem = timeProblem(time, options)
    if (problem !== undefined) {
      options.into.skip(line, problem, text)
      return
    }
    const series = seriesOf(parsed.name, parsed.labels)
    options.into.samples.push({ series, time, startTime: 0n, value: parsed.value })
    if (parsed.exemplar !== undefined) exemplar(parsed.exemplar, series, time, line)
  }

  const exemplar = (text: string, series: SeriesInfo, pointTime: bigint, line: number): void => {
    const labels: Record<string, string> = {}
    const end = text.startsWith('{') ? readLabels(text, 1, labels) : -1
    const [value, time] = end < 0 ? [] : text.slice(end).trim().split(/\s+/)
    const number = floatOf(value)
    if (end < 0 || number === undefined) {
      options.into.skip(line, 'an exemplar that cannot be read', text)
      return
    }
    let traceId = ''
    let spanId = ''
    const rest: Record<string, string> = {}
    for (const [key, label] of Object.entries(labels)) {
      if (/^trace_?id$/i.test(key) && readId(label, 32)) traceId = readId(label, 32) as string
      else if (/^span_?id$/i.test(key) && readId(label, 16)) spanId = readId(label, 16) as string
      else setKey(rest, key, label)
    }
    options.into.exemplars.push({
      series,
      pointTime,
      time: (time === undefined ? undefined : sampleTime(time, unit)) ?? pointTime,
      value: number,
      traceId,
      spanId,
      attributes: { values: rest },
    })
  }

  const lines = new Lines({
    line(text, number) {
      const first = text.charCodeAt(0)
      if (first === 0x23) comment(text)
      else if (text.trim() !== '') {
        if (ended) options.into.note('lines after "# EOF" (several scrapes in one file)')
        sample(text, number)
      }
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end()
      if (kind === 'openmetrics' && !ended) options.into.note('the file does not end with "# EOF": it may be cut off')
    },
    late: NOTHING_LATE,
  }
}

interface Sample {
  name: string
  labels: Record<string, string>
  value: number
  time: string | undefined
  exemplar: string | undefined
}

function parseSample(text: string): Sample | string {
  const labels: Record<string, string> = {}
  let name = ''
  let at = 0
  if (text[0] !== '{') {
    NAME.lastIndex = 0
    const match = NAME.exec(text)
    if (!match) return 'a line that is no sample'
    name = match[0]
    at = NAME.lastIndex
    while (text[at] === ' ' || text[at] === '\t') at++
  }
  if (text[at] === '{') {
    at = readLabels(text, at + 1, labels)
    if (at < 0) return 'labels that cannot be read'
    // UTF-8 names: {"metric.name", label="x"}
    if (name === '') {
      name = labels[''] ?? ''
      delete labels['']
    }
  }
  if (name === '') return 'a sample without a name'
  const hash = text.indexOf(' # ', at)
  const parts = text
    .slice(at, hash < 0 ? undefined : hash)
    .trim()
    .split(/\s+/)
  const value = floatOf(parts[0])
  if (value === undefined || parts.length > 2) return 'a sample without a number'
  return { name, labels, value, time: parts[1], exemplar: hash < 0 ? undefined : text.slice(hash + 3).trim() }
}

/** Reads `a="b",c="d"}` from `at`; the place after the brace, or -1. A quoted word without `=` is the metric's name. */
export function readLabels(text: string, from: number, into: Record<string, string>): number {
  let at = from
  for (;;) {
    while (text[at] === ' ' || text[at] === ',' || text[at] === '\t') at++
    if (text[at] === '}') return at + 1
    let key: string
    if (text[at] === '"') {
      const end = quoteEnd(text, at)
      if (end < 0) return -1
      key = unescaped(text.slice(at + 1, end))
      at = end + 1
      while (text[at] === ' ') at++
      if (text[at] !== '=') {
        into[''] = key
        continue
      }
    } else {
      const equals = text.indexOf('=', at)
      if (equals < 0) return -1
      key = text.slice(at, equals).trim()
      if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key)) return -1
      at = equals
    }
    at++
    while (text[at] === ' ') at++
    if (text[at] !== '"') return -1
    const end = quoteEnd(text, at)
    if (end < 0) return -1
    setKey(into, key, unescaped(text.slice(at + 1, end)))
    at = end + 1
  }
}

function quoteEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === 0x5c) at++
    else if (c === 0x22) return at
  }
  return -1
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)) : text
}

const unquoteName = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') ? unescaped(text.slice(1, -1)) : text

/** OpenMetrics counts seconds, Prometheus text milliseconds; the size tells them apart even where the file does not. */
function sampleTime(text: string, unit: TimeUnit | undefined): bigint | undefined {
  if (unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns') return numberToNs(text, unit)
  return /^-?\d{12,15}$/.test(text) ? BigInt(text) * 1_000_000n : secondsToNs(text)
}

// The series notation of promqltest and promtool: `metric{a="b"} 1 2+3x4 _x2 stale {{schema:0 count:2 ...}}`.

import { durationMs, numberOf, unquote } from '../../src/shared/promql/literals.ts'
import { CUSTOM_SCHEMA, combine, type NativeHistogram, type ResetHint } from '../../src/shared/promql/histogram.ts'
import { Labels, METRIC_NAME } from '../../src/shared/promql/labels.ts'

/** A value, nothing, or a staleness marker. */
export type Point = number | 'stale' | undefined | { readonly histogram: NativeHistogram; readonly hintGiven: boolean }

export function parseMs(text: string): number {
  const ms = durationMs(text) ?? (numberOf(text) ?? NaN) * 1000
  if (Number.isNaN(ms)) throw new Error(`not a duration: ${text}`)
  return ms
}

/** Splits a line into its label set and the rest. */
export function parseSeries(line: string): { labels: Labels; rest: string } {
  const pairs: Array<[string, string]> = []
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0]
  let at = 0
  if (name !== undefined) {
    pairs.push([METRIC_NAME, name])
    at = name.length
  }
  while (line[at] === ' ' || line[at] === '\t') at++
  if (line[at] === '{' && line[at + 1] !== '{') {
    const part =
      /\s*(?:([a-zA-Z_][\w:.]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?)?\s*([,}])/y
    at++
    for (;;) {
      part.lastIndex = at
      const m = part.exec(line)
      if (!m) throw new Error(`not a series: ${line}`)
      at = part.lastIndex
      if (m[1] !== undefined) {
        const key = /^["']/.test(m[1]) ? (unquote(m[1]) ?? '') : m[1]
        if (m[2] === undefined) pairs.push([METRIC_NAME, key])
        else pairs.push([key, unquote(m[2]) ?? ''])
      }
      if (m[3] === '}') break
    }
  }
  return { labels: Labels.of(pairs), rest: line.slice(at).trim() }
}

export function parsePoints(text: string): Point[] {
  const out: Point[] = []
  const item = /\s*(\{\{[^}]*\}\}|[^\s{]+)(?:([-+])(\{\{[^}]*\}\}))?(x\d+)?/y
  let at = 0
  while (at < text.trimEnd().length) {
    item.lastIndex = at
    const m = item.exec(text)
    if (!m) throw new Error(`not points: ${text.slice(at)}`)
    at = item.lastIndex
    const head = m[1] as string
    if (head.startsWith('{{')) {
      const first = parseHistogram(head)
      const step = m[3] === undefined ? undefined : parseHistogram(m[3]).histogram
      const times = m[4] === undefined ? 0 : Number(m[4].slice(1))
      let histogram = first.histogram
      for (let i = 0; i <= times; i++) {
        out.push({ histogram, hintGiven: first.hintGiven })
        if (step) {
          const next = combine(histogram, step, m[2] === '-' ? -1 : 1)
          if (!next) throw new Error('histograms of a sequence do not add')
          histogram = m[2] === '-' ? { ...next.histogram, hint: 'gauge' } : next.histogram
        }
      }
      continue
    }
    out.push(...expand(head))
  }
  return out
}

function expand(word: string): Point[] {
  const blank = /^_(?:x(\d+))?$/.exec(word)
  if (blank) return Array.from({ length: Math.max(1, Number(blank[1] ?? 1)) }, () => undefined)
  const stale = /^stale(?:x(\d+))?$/.exec(word)
  if (stale) return Array.from({ length: stale[1] === undefined ? 1 : Number(stale[1]) }, () => 'stale' as const)
  const m =
    /^([-+]?(?:[Ii]nf|NaN|nan|[\d.]+(?:[eE][-+]?\d+)?))(?:([-+])((?:[Ii]nf|NaN|[\d.]+(?:[eE][-+]?\d+)?)))?(?:x(\d+))?$/.exec(
      word,
    )
  if (!m) throw new Error(`not a point: ${word}`)
  const start = numberOf(m[1] as string) as number
  if (m[4] === undefined) return [start]
  const step = m[3] === undefined ? 0 : (numberOf(m[3]) as number) * (m[2] === '-' ? -1 : 1)
  // added up step by step, as the reference does
  const out: number[] = [start]
  for (let i = 1; i <= Number(m[4]); i++) out.push((out[i - 1] as number) + step)
  return out
}

function parseHistogram(text: string): { histogram: NativeHistogram; hintGiven: boolean } {
  const fields = new Map<string, string>()
  for (const m of text.slice(2, -2).matchAll(/([a-z_]+)\s*:\s*(\[[^\]]*\]|[^\s]+)/g))
    fields.set(m[1] as string, m[2] as string)
  const number = (name: string) => numberOf(fields.get(name) ?? '0') ?? NaN
  const list = (name: string) =>
    (fields.get(name) ?? '[]')
      .slice(1, -1)
      .trim()
      .split(/\s+/)
      .filter((s) => s !== '')
      .map((s) => numberOf(s) as number)
  const buckets = (name: string, offset: number) =>
    new Map(
      list(name)
        .map((count, i) => [i + offset, count] as const)
        .filter(([, count]) => count !== 0),
    )
  const schema = number('schema')
  const histogram: NativeHistogram = {
    schema,
    count: number('count'),
    sum: number('sum'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    positive: buckets('buckets', number('offset')),
    negative: buckets('n_buckets', number('n_offset')),
    bounds: schema === CUSTOM_SCHEMA ? list('custom_values') : [],
    hint: (fields.get('counter_reset_hint') ?? 'unknown') as ResetHint,
  }
  return { histogram, hintGiven: fields.has('counter_reset_hint') }
}

/** Equal within the relative tolerance; NaN equals NaN. */
export function near(a: number, b: number, tolerance = 1e-6): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b)
  if (a === b) return true
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  const size = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  return a === 0 || b === 0 || size < 1e-300 ? difference < tolerance * 1e-300 : difference / size < tolerance
}

export function nearHistogram(a: NativeHistogram, b: NativeHistogram, hint: boolean): boolean {
  const keys = (x: NativeHistogram['positive'], y: NativeHistogram['positive']) =>
    [...new Set([...x.keys(), ...y.keys()])].every((index) => near(x.get(index) ?? 0, y.get(index) ?? 0))
  return (
    a.schema === b.schema &&
    near(a.count, b.count) &&
    near(a.sum, b.sum) &&
    near(a.zeroCount, b.zeroCount) &&
    near(a.zeroThreshold, b.zeroThreshold) &&
    keys(a.positive, b.positive) &&
    keys(a.negative, b.negative) &&
    a.bounds.length === b.bounds.length &&
    a.bounds.every((bound, i) => near(bound, b.bounds[i] ?? NaN)) &&
    (!hint || a.hint === b.hint)
  )
}

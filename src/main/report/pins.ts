// One pin of the report: what was asked, what came back, as a picture or a table, and what it could not see.

import { tryParseRfc3339, toMillis } from '../../shared/base/time.ts'
import { zCompleteness } from '../../shared/contract/define.ts'
import type { Entry } from '../../shared/contract/incidents.ts'
import { formatDurationNs } from '../../shared/domain/quantity.ts'
import { unitOfQuery } from '../../shared/promql/index.ts'
import type { Block } from './blocks.ts'
import { levelSvg, type Line, lineSvg, scatterSvg, type Stretch } from './chart.ts'
import { gapBlocks } from './gaps.ts'
import { factsBlock, type KeptTable, type Row, tableBlocks } from './pin-tables.ts'
import type { PinFormat } from './pin-format.ts'
import { kindOf, questionOf, titleOfPin } from './questions.ts'
import { seriesNames } from './series-names.ts'

const MAX_LINES = 8

type Answer = Record<string, unknown>
type What = NonNullable<Entry['what']>

export function pinBlocks(entry: Entry, answer: unknown, format: PinFormat): Block[] {
  const { words } = format
  const { what } = entry
  const blocks: Block[] = [{ kind: 'heading', level: 3, text: titleOfPin(entry, words) || words.kinds.other }]
  blocks.push({ kind: 'line', text: askedLine(entry, format), tone: 'note' })
  if (entry.markdown !== '') blocks.push({ kind: 'markdown', text: entry.markdown })
  if (what) {
    const question = questionOf(what, words)
    if (question !== '')
      blocks.push({ kind: 'code', language: what.method.startsWith('metrics.') ? 'promql' : 'text', text: question })
    if (typeof answer === 'object' && answer !== null)
      blocks.push(...answerBlocks(what, answer as Answer, entry.completeness, format))
  }
  const of = zCompleteness.safeParse(entry.completeness)
  if (of.success) blocks.push(...gapBlocks(of.data.missing, format))
  return blocks
}

/** Of what time and which sources it speaks, and when it was kept. */
function askedLine(entry: Entry, format: PinFormat): string {
  const { words, time } = format
  const input = entry.what?.input ?? {}
  const range = rangeOf(input['range'])
  const before = rangeOf(input['compareTo'])
  const parts = [range ? `${time(range.from)} – ${time(range.to)}` : time(entry.at)]
  if (before) parts.push(words.against(time(before.from), time(before.to)))
  if (typeof input['step'] === 'string') parts.push(words.everyStep(input['step']))
  const sources = Array.isArray(input['sources']) ? input['sources'].map((id) => format.nameOf(String(id))) : []
  if (sources.length > 0) parts.push(sources.join(words.comma))
  parts.push(words.keptAt(time(entry.recordedAt)))
  return parts.join(' · ')
}

function rangeOf(value: unknown): { from: string; to: string } | undefined {
  if (typeof value !== 'object' || value === null || !('from' in value) || !('to' in value)) return undefined
  return { from: String(value.from), to: String(value.to) }
}

function answerBlocks(what: What, answer: Answer, completeness: unknown, format: PinFormat): Block[] {
  const { method, input } = what
  const of = zCompleteness.safeParse(completeness)
  const truncated = of.success ? of.data.truncated : undefined
  if (Array.isArray(answer['series'])) return seriesBlocks(what, answer, format)
  if (method === 'services.map' && Array.isArray(answer['edges']))
    return tableBlocks(method, { columns: MAP_COLUMNS, rows: busiest(answer['edges'] as Row[]) }, undefined, format)
  const table = keptTable(answer)
  if (table) {
    const frame = frameOf(input, format)
    if (method === 'logs.histogram')
      return [
        {
          kind: 'picture',
          alt: format.words.kinds.volume,
          svg: levelSvg(
            table.rows as ReadonlyArray<{ time: string; level: string; count: number }>,
            frame,
            format.words.axisLines,
          ),
        },
      ]
    if (method === 'traces.scatter') return scatterBlocks(table, answer['summary'], frame, format)
    return tableBlocks(method, table, truncated && (truncated.total ?? 'more'), format)
  }
  const blocks = factsBlock(answer, format)
  const path = answer['criticalPath']
  if (Array.isArray(path))
    blocks.push(...tableBlocks('criticalPath', { columns: PATH_COLUMNS, rows: path as Row[] }, undefined, format))
  return blocks
}

const MAP_COLUMNS = [
  { name: 'from', type: 'string' },
  { name: 'to', type: 'string' },
  { name: 'requests', type: 'int' },
  { name: 'errorRatio', type: 'float', unit: '1' },
  { name: 'p95Ns', type: 'int', unit: 'ns' },
  { name: 'beforeErrorRatio', type: 'float', unit: '1' },
  { name: 'beforeP95Ns', type: 'int', unit: 'ns' },
]
const PATH_COLUMNS = [
  { name: 'service', type: 'string' },
  { name: 'operation', type: 'string' },
  { name: 'selfNs', type: 'int', unit: 'ns' },
  { name: 'share', type: 'float', unit: '1' },
]

/** Failing calls first, then the busiest. */
const busiest = (edges: readonly Row[]): Row[] =>
  edges.toSorted(
    (a, b) =>
      Number(b['errorRatio']) * Number(b['requests']) - Number(a['errorRatio']) * Number(a['requests']) ||
      Number(b['requests']) - Number(a['requests']),
  )

function keptTable(answer: Answer): KeptTable | undefined {
  const { columns, rows } = answer
  return Array.isArray(columns) && Array.isArray(rows) ? { columns, rows } : undefined
}

/** The window that was asked for is the picture's, so that pictures compare. */
function frameOf(input: Readonly<Record<string, unknown>>, format: PinFormat): Stretch {
  const range = rangeOf(input['range'])
  const ms = (at: string | undefined) => {
    const ns = at === undefined ? undefined : tryParseRfc3339(at)
    return ns === undefined ? undefined : toMillis(ns)
  }
  return { clock: format.clock, from: ms(range?.from), to: ms(range?.to) }
}

function seriesBlocks(what: What, answer: Answer, format: PinFormat): Block[] {
  const { words } = format
  const all = answer['series'] as Array<{ metric: Record<string, string>; values: Line['points']; label?: string }>
  const some = all.filter((s) => Array.isArray(s.values) && s.values.length > 0)
  if (some.length === 0) return [{ kind: 'line', text: words.nothingFound }]
  const query = typeof what.input['query'] === 'string' ? what.input['query'] : ''
  // `1` says only that there is no unit, not that the number is a share
  const told = typeof answer['unit'] === 'string' && answer['unit'] !== '1' ? answer['unit'] : ''
  const unit = unitOfQuery(query, format.unitOf) || told
  const names = seriesNames(some.map((s) => s.metric))
  const lines = some.map((s, i) => ({ name: names[i] || query, points: s.values }))
  // an instant has no course to draw
  if (some.every((s) => s.values.length === 1)) {
    const rows = lines.map(({ name, points }) => ({ series: name, metricValue: points[0]?.[1] }))
    const columns = [
      { name: 'series', type: 'string' },
      { name: 'metricValue', type: 'float', unit },
    ]
    return tableBlocks('instant', { columns, rows }, undefined, format)
  }
  const peak = (points: Line['points']) =>
    points.reduce((top, [, value]) => (typeof value === 'number' ? Math.max(top, Math.abs(value)) : top), 0)
  const drawn = lines.length > MAX_LINES ? lines.toSorted((a, b) => peak(b.points) - peak(a.points)) : lines
  const total = typeof answer['totalSeries'] === 'number' ? answer['totalSeries'] : all.length
  const stepNs = answer['mode'] === 'step' ? Number(answer['stepNs']) : undefined
  const blocks: Block[] = [
    {
      kind: 'picture',
      alt: query,
      svg: lineSvg(drawn.slice(0, MAX_LINES), { ...frameOf(what.input, format), unit, stepMs: stepNs && stepNs / 1e6 }),
    },
  ]
  const count = Math.min(MAX_LINES, lines.length)
  if (total > count) blocks.push({ kind: 'line', text: words.moreSeries(count, total), tone: 'note' })
  return blocks
}

function scatterBlocks(table: KeptTable, summary: unknown, frame: Stretch, format: PinFormat): Block[] {
  const { words } = format
  const points = table.rows as ReadonlyArray<{ start: string; durationNs: number; errors: number }>
  if (points.length === 0) return [{ kind: 'line', text: words.nothingFound }]
  const blocks: Block[] = []
  if (typeof summary === 'object' && summary !== null) {
    const { traces, failed, p50Ns, p95Ns, longestNs } = summary as Record<string, number | string>
    const length = (ns: number | string | undefined) => formatDurationNs(Number(ns))
    blocks.push({
      kind: 'line',
      text: words.tracesTold(Number(traces), Number(failed), length(p50Ns), length(p95Ns), length(longestNs)),
    })
  }
  const svg = scatterSvg(points, frame, { ok: words.withoutErrors, failed: words.withErrors })
  blocks.push({ kind: 'picture', alt: words.kinds[kindOf('traces.scatter')], svg })
  const total = summary && typeof summary === 'object' && 'traces' in summary ? Number(summary.traces) : points.length
  if (total > points.length) blocks.push({ kind: 'line', tone: 'note', text: words.pointsDrawn(points.length, total) })
  return blocks
}

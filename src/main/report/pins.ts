// One pin of the report: what was asked, what came back, as a picture or a table, and what it could not see.

import type { Entry } from '../../shared/contract/incidents.ts'
import { formatDuration } from '../../shared/base/time.ts'
import type { Block } from './blocks.ts'
import { levelSvg, type Line, lineSvg } from './chart.ts'
import type { Words } from './words.ts'

const MAX_TABLE_ROWS = 20
const MAX_LINES = 8
const MAX_CELL = 160

export interface PinFormat {
  readonly words: Words
  /** RFC 3339 in UTC to the report's zone */
  time(at: string): string
  /** epoch ms to a short clock on an axis */
  clock(ms: number): string
}

type Answer = Record<string, unknown>

export function pinBlocks(entry: Entry, answer: unknown, format: PinFormat): Block[] {
  const { words } = format
  const what = entry.what
  const blocks: Block[] = [{ kind: 'heading', level: 3, text: entry.title || (what?.method ?? '') }]
  blocks.push({ kind: 'line', text: words.keptAt(format.time(entry.at)), tone: 'note' })
  if (entry.markdown !== '') blocks.push({ kind: 'markdown', text: entry.markdown })
  if (typeof answer === 'object' && answer !== null)
    blocks.push(...answerBlocks(what?.method ?? '', answer as Answer, format))
  blocks.push(...completenessBlocks(entry.completeness, format))
  if (what)
    blocks.push({
      kind: 'code',
      language: 'json',
      text: `${words.query}: ${what.method}\n${JSON.stringify(what.input, null, 2)}`,
    })
  return blocks
}

function answerBlocks(method: string, answer: Answer, format: PinFormat): Block[] {
  if (Array.isArray(answer['series'])) return seriesBlocks(answer, format)
  if (method === 'logs.histogram' && Array.isArray(answer['rows']))
    return [
      {
        kind: 'picture',
        alt: method,
        svg: levelSvg(answer['rows'] as Array<{ time: string; level: string; count: number }>, format.clock),
      },
    ]
  if (Array.isArray(answer['rows']) && Array.isArray(answer['columns'])) return tableBlocks(answer, format)
  const facts = Object.entries(answer)
    .filter(
      ([key, value]) =>
        key !== 'completeness' &&
        (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'),
    )
    .map(([key, value]) => [key, String(value)] as const)
  return facts.length === 0 ? [] : [{ kind: 'facts', facts }]
}

function seriesBlocks(answer: Answer, { words, clock }: PinFormat): Block[] {
  const all = answer['series'] as Array<{ metric: Record<string, string>; values: Line['points']; label?: string }>
  const drawn = all.filter((s) => Array.isArray(s.values) && s.values.length > 0)
  if (drawn.length === 0) return []
  const lines = drawn.slice(0, MAX_LINES).map((s) => ({ name: s.label || labelsText(s.metric), points: s.values }))
  const total = typeof answer['totalSeries'] === 'number' ? answer['totalSeries'] : all.length
  const blocks: Block[] = [{ kind: 'picture', alt: lines.map((l) => l.name).join(', '), svg: lineSvg(lines, clock) }]
  if (total > lines.length) blocks.push({ kind: 'line', text: words.moreSeries(lines.length, total), tone: 'note' })
  return blocks
}

function labelsText(metric: Record<string, string>): string {
  const { __name__: name = '', ...labels } = metric
  const inner = Object.entries(labels)
    .map(([k, v]) => `${k}="${v}"`)
    .join(', ')
  return inner === '' ? name : `${name}{${inner}}`
}

function tableBlocks(answer: Answer, format: PinFormat): Block[] {
  const columns = answer['columns'] as Array<{ name: string; type: string; unit?: string }>
  const rows = answer['rows'] as Array<Record<string, unknown>>
  // attributes and resources as JSON make a table unreadable; they are in the file
  const shown = columns.filter((c) => c.type !== 'json' && rows.some((r) => r[c.name] !== null && r[c.name] !== ''))
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: shown.map((c) => c.name),
      numeric: shown.map((c) => c.type === 'int' || c.type === 'float'),
      rows: rows.slice(0, MAX_TABLE_ROWS).map((row) => shown.map((c) => cellText(row[c.name], c, format))),
    },
  ]
  if (rows.length > MAX_TABLE_ROWS)
    blocks.push({ kind: 'line', text: format.words.more(rows.length - MAX_TABLE_ROWS), tone: 'note' })
  return blocks
}

function cellText(value: unknown, column: { type: string; unit?: string }, format: PinFormat): string {
  if (value === null || value === undefined) return ''
  if (column.type === 'time') return format.time(String(value))
  if (column.unit === 'ns' && typeof value === 'number') return formatDuration(roundedNs(value))
  if (column.unit === '1' && typeof value === 'number') return `${+(value * 100).toPrecision(3)} %`
  if (column.type === 'float' && typeof value === 'number') return `${+value.toPrecision(4)}`
  const text = String(value)
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text
}

/** Three significant digits are what a reader compares. */
function roundedNs(ns: number): bigint {
  if (ns === 0) return 0n
  const digits = Math.floor(Math.log10(Math.abs(ns)))
  const unit = 10 ** Math.max(0, digits - 2)
  return BigInt(Math.round(ns / unit)) * BigInt(unit)
}

function completenessBlocks(completeness: unknown, { words, time }: PinFormat): Block[] {
  if (typeof completeness !== 'object' || completeness === null) return []
  const { missing, truncated } = completeness as {
    missing?: Array<Record<string, string>>
    truncated?: { returned: number; total?: number }
  }
  const blocks: Block[] = (missing ?? []).map((gap) => ({
    kind: 'line',
    tone: 'warning',
    text: words.missing(gap['source'] ?? '', time(gap['from'] ?? ''), time(gap['to'] ?? ''), gap['reason'] ?? ''),
  }))
  if (truncated)
    blocks.push({ kind: 'line', tone: 'warning', text: words.truncated(truncated.returned, truncated.total) })
  return blocks
}

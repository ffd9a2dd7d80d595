// Kept tables as a reader wants them: the columns that tell something, under words, with their units.

import { formatQuantity } from '../../shared/domain/quantity.ts'
import type { Block } from './blocks.ts'
import type { PinFormat } from './pin-format.ts'
import { spaced } from './questions.ts'
import type { Words } from './words.ts'

export interface Column {
  readonly name: string
  readonly type: string
  readonly unit?: string
}
export type Row = Readonly<Record<string, unknown>>
export interface KeptTable {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

const MAX_ROWS = 20
const MAX_CELL = 160

/** What is shown of a method's table, in order; of others everything but ids and JSON. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'logs.search': ['time', 'level', 'service', 'body'],
  'logs.context': ['time', 'level', 'service', 'body'],
  'logs.fields': ['field', 'type', 'present', 'distinct'],
  'traces.search': ['start', 'rootService', 'rootOperation', 'durationNs', 'spans', 'errors', 'traceId'],
  'traces.get': ['start', 'service', 'operation', 'durationNs', 'selfNs', 'status', 'statusMessage'],
  'traces.waterfall': ['start', 'service', 'operation', 'durationNs', 'selfNs', 'status'],
  'traces.compareGroups': [
    'service',
    'operation',
    'criticalNsA',
    'criticalNsB',
    'p95NsA',
    'p95NsB',
    'errorsA',
    'errorsB',
  ],
  'traces.groupDifferences': ['key', 'value', 'shareA', 'shareB', 'countA', 'countB'],
  'traces.differences': ['key', 'value', 'selectedShare', 'restShare', 'selected', 'rest'],
  'services.overview': [
    'service',
    'ratePerSecond',
    'errorRatio',
    'p95Ns',
    'beforeRatePerSecond',
    'beforeErrorRatio',
    'beforeP95Ns',
  ],
  'services.changes': ['at', 'kind', 'subject', 'instance', 'service', 'measure', 'beforeText', 'afterText'],
  'clusters.happenings': ['time', 'kind', 'reason', 'objectKind', 'name', 'service', 'message'],
  'clusters.objects': ['kind', 'namespace', 'name', 'state', 'detail', 'version', 'changed', 'versions'],
  'services.map': ['from', 'to', 'requests', 'errorRatio', 'p95Ns', 'beforeErrorRatio', 'beforeP95Ns'],
}

/** columns whose values are words of the product */
const TOLD_IN_WORDS: Readonly<Record<string, readonly string[]>> = {
  'services.changes': ['kind', 'measure'],
  'clusters.happenings': ['kind'],
}

const isId = (name: string): boolean => /^(id|uid)$|Id$/.test(name)
const isTold = (value: unknown): boolean => value !== null && value !== undefined && value !== ''

export function tableBlocks(
  method: string,
  table: KeptTable,
  total: number | 'more' | undefined,
  format: PinFormat,
): Block[] {
  const { words } = format
  const { rows } = table
  if (rows.length === 0) return [{ kind: 'line', text: words.nothingFound }]
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  const names = SHOWN[method] ?? table.columns.filter((c) => c.type !== 'json' && !isId(c.name)).map((c) => c.name)
  const shown = names.flatMap((name) => byName.get(name) ?? []).filter((c) => rows.some((row) => isTold(row[c.name])))
  const inWords = TOLD_IN_WORDS[method] ?? []
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: shown.map((c) => headingOf(c.name, words)),
      numeric: shown.map((c) => c.type === 'int' || c.type === 'float'),
      rows: rows
        .slice(0, MAX_ROWS)
        .map((row) =>
          shown.map((c) =>
            inWords.includes(c.name) ? valueWord(String(row[c.name] ?? ''), words) : cellText(row[c.name], c, format),
          ),
        ),
    },
  ]
  const note = words.shownOf(Math.min(rows.length, MAX_ROWS), rows.length, total)
  if (note !== '') blocks.push({ kind: 'line', text: note, tone: 'note' })
  return blocks
}

/** Of a trace: what is as usual is no fact, and an id of a source says nothing to a reader. */
const AS_USUAL: Readonly<Record<string, unknown>> = { times: 'raw', orphans: 0, skewed: 0, cycles: 0, duplicates: 0 }
const isFact = (name: string, value: unknown): boolean =>
  name !== 'source' && !(Object.hasOwn(AS_USUAL, name) && AS_USUAL[name] === value)

/** Single values of an answer that is no table. */
export function factsBlock(answer: Row, format: PinFormat): Block[] {
  const facts = Object.entries(answer)
    .filter(
      ([name, value]) =>
        name !== 'completeness' &&
        !isId(name) &&
        isFact(name, value) &&
        isTold(value) &&
        (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'),
    )
    .map(([name, value]) => {
      const text = cellText(value, columnOf(name, value), format)
      return [headingOf(name, format.words), name === 'times' ? valueWord(text, format.words) : text] as const
    })
  return facts.length === 0 ? [] : [{ kind: 'facts', facts }]
}

function columnOf(name: string, value: unknown): Column {
  if (/Ns$/.test(name)) return { name, type: 'int', unit: 'ns' }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return { name, type: 'time' }
  return { name, type: typeof value === 'number' ? 'float' : 'string' }
}

export const headingOf = (name: string, words: Words): string =>
  ownWord(words.columns, name) ?? spaced(name.replace(/Ns$/, ''))

const valueWord = (value: string, words: Words): string => ownWord(words.values, value) ?? value

/** Names and values come from others: `constructor` is one of no word. */
const ownWord = (words: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined

function cellText(value: unknown, column: Column, format: PinFormat): string {
  if (value === null || value === undefined) return ''
  // a span whose status nobody set
  if (column.name === 'status' && value === 'unset') return ''
  if (column.type === 'time') return format.time(String(value))
  if (typeof value === 'boolean') return value ? format.words.yes : format.words.no
  // integers past 2^53 come as text
  const number = typeof value === 'number' ? value : column.type === 'int' ? Number(value) : undefined
  if (number !== undefined && Number.isFinite(number))
    return column.unit === undefined || column.unit === ''
      ? column.type === 'int'
        ? new Intl.NumberFormat('en').format(number)
        : formatQuantity(number)
      : formatQuantity(number, column.unit, column.unit === '1' ? { decimals: 2 } : {})
  const text = String(value)
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text
}

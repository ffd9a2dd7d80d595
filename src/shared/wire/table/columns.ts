// What the columns of a table are, from their names and first rows: time, level, service, message, numbers, labels.

import { FIELD_NAMES, type LogField } from '../logs/json-log.ts'
import { severityOfWord } from '../logs/level.ts'
import type { LogMapping } from '../logs/options.ts'
import type { TimeUnit } from '../logs/time.ts'
import { hasDecimalComma, isNumeric, valuesOf } from './quantity.ts'
import { type Cell, cellTime, dateOrderOf, unitOfCells } from './times.ts'

export interface TableSense {
  /** without a time there is no telemetry in the table */
  readonly hasTime: boolean
  readonly timeUnit: TimeUnit
  readonly mapping: LogMapping
  readonly problems: readonly string[]
}

/** Names that tables use beside those of JSON logs (Splunk, Datadog, Azure, Kibana, Grafana), in lower case. */
const MORE_NAMES: Readonly<Partial<Record<LogField, readonly string[]>>> = {
  time: [
    'timegenerated',
    'time (utc)',
    'event time',
    'start time',
    'starttime',
    'start_time',
    'timestamp (ms)',
    '_time_',
  ],
  message: ['_raw', 'raw', 'content', 'description', 'log message', 'details'],
  level: ['status', 'loglevel', 'log level', 'priority'],
  service: ['service name', 'sourcetype', 'role', 'job'],
}
/** `name` and `event` are services and messages of loggers; in a table they are mostly something else. */
const NOT_HERE = new Set(['name', 'component', 't', 'date'])
const PLAUSIBLE = { from: 946_684_800_000_000_000n, to: 4_102_444_800_000_000_000n }

/** @param rows the first rows without the header */
export function senseOf(
  columns: readonly string[],
  rows: ReadonlyArray<readonly Cell[]>,
  chosen: LogMapping,
): TableSense {
  const cellsOf = (index: number): Cell[] =>
    rows.map((row) => row[index] ?? null).filter((cell) => cell !== null && cell !== '')
  const zone = chosen.timeZone ?? 'UTC'
  const problems: string[] = []
  const timeAt = timeColumn(columns, cellsOf, chosen.time)
  const taken = new Set<number>(timeAt < 0 ? [] : [timeAt])
  const timeCells = timeAt < 0 ? [] : cellsOf(timeAt)
  const order = dateOrderOf(timeCells)
  if (order !== undefined && !order.isSure && chosen.dateOrder === undefined)
    problems.push('dates such as 03/04/2025 are read with the month first; choose if the day is first')
  if (timeAt < 0 && chosen.timeUnit !== 'none')
    problems.push('no column looks like a time; every row gets the time of the file')

  const find = (field: LogField, takes: (cells: Cell[]) => boolean = () => true): number => {
    const typed = chosen[field]
    if (typed !== undefined && typed !== 'auto') return columns.indexOf(typed)
    for (const name of namesOf(field)) {
      const index = columns.findIndex((column, i) => !taken.has(i) && column.trim().toLowerCase() === name)
      if (index >= 0 && takes(cellsOf(index))) return index
    }
    return -1
  }
  const take = (index: number): number => {
    if (index >= 0) taken.add(index)
    return index
  }
  // a table without a header (PostgreSQL's csvlog) is known by what is in it
  const isUnnamed = columns[0] === 'column 1' && chosen.level === undefined
  const level = take(
    find('level', areLevels) >= 0 || !isUnnamed
      ? find('level', areLevels)
      : columns.findIndex((_, i) => !taken.has(i) && areLevelWords(cellsOf(i))),
  )
  const service = take(find('service', areWords))
  const traceId = take(find('traceId'))
  const spanId = take(find('spanId'))
  const free = columns.map((_, i) => i).filter((i) => !taken.has(i))
  // a program's own table may be parted by semicolons too, with points in its numbers
  const comma =
    chosen.decimal === undefined
      ? chosen.delimiter === ';' && hasDecimalComma(free.flatMap(cellsOf))
      : chosen.decimal === ','
  const values = new Map(
    free.flatMap((i) => {
      const found = valuesOf(cellsOf(i), comma)
      return found === undefined ? [] : [[i, found] as const]
    }),
  )
  const numeric = [...values.keys()]
  const textual = free.filter((i) => !numeric.includes(i))
  const named = find('message', (cells) => cells.length > 0 && !isNumeric(cells))
  const sentences = textual.filter((i) => areSentences(cellsOf(i)))
  const rowsAre =
    chosen.rows ??
    (named < 0 && level < 0 && traceId < 0 && numeric.length > 0 && sentences.length === 0 ? 'metrics' : 'logs')
  const nameAt = (index: number): string | undefined => (index < 0 ? undefined : columns[index])
  const known = {
    ...(timeAt < 0 ? {} : { time: columns[timeAt] }),
    timeZone: zone,
    rows: rowsAre,
    service: chosen.service ?? nameAt(service),
    ...(order === undefined ? {} : { dateOrder: chosen.dateOrder ?? order.order }),
  } as const
  const timeUnit = chosen.timeUnit ?? (timeAt < 0 ? 'none' : unitOfCells(timeCells))
  const hasTime = timeAt >= 0
  if (rowsAre === 'logs') {
    const behind = isUnnamed && level >= 0 ? sentences.find((i) => i > level) : undefined
    const message = named >= 0 ? named : (behind ?? longest(sentences, cellsOf))
    if (message < 0) problems.push('no column looks like a message; the whole row is shown')
    return {
      hasTime,
      timeUnit,
      problems,
      mapping: {
        ...known,
        level: chosen.level ?? nameAt(level),
        message: chosen.message ?? nameAt(message),
        traceId: chosen.traceId ?? nameAt(traceId),
        spanId: chosen.spanId ?? nameAt(spanId),
      },
    }
  }
  const metricAt = columns.findIndex(
    (c, i) => textual.includes(i) && /^(metric|metric[_ ]?name|__name__|series|field|name)$/i.test(c.trim()),
  )
  const valuesAt = numeric.length === 1 || metricAt < 0 ? numeric : preferValue(columns, numeric)
  for (const note of new Set(valuesAt.flatMap((i) => values.get(i)?.note ?? []))) problems.push(note)
  if (numeric.length === 0) problems.push('no column holds numbers; choose one as value')
  return {
    hasTime,
    timeUnit,
    problems,
    mapping: {
      ...known,
      ...(comma ? { decimal: ',' as const } : {}),
      values: chosen.values ?? valuesAt.map((i) => columns[i] as string),
      metric: chosen.metric ?? nameAt(metricAt),
      labels:
        chosen.labels ??
        textual
          // what names the series is no label beside it, whoever chose it
          .filter((i) => i !== metricAt && columns[i] !== chosen.metric && cellsOf(i).length > 0)
          .map((i) => columns[i] as string),
    },
  }
}

const namesOf = (field: LogField): string[] => [
  ...FIELD_NAMES[field].map((name) => name.toLowerCase()).filter((name) => field === 'time' || !NOT_HERE.has(name)),
  ...(MORE_NAMES[field] ?? []),
]

function timeColumn(columns: readonly string[], cellsOf: (i: number) => Cell[], typed: string | undefined): number {
  if (typed !== undefined && typed !== 'auto') return columns.indexOf(typed)
  const names = namesOf('time')
  const fits = (index: number, always: boolean): boolean => {
    const cells = cellsOf(index)
    const good = cells.filter((cell) => isTime(cell, always)).length
    return cells.length > 0 && good >= cells.length * (always ? 0.5 : 0.8)
  }
  for (const name of names) {
    const index = columns.findIndex((column) => column.trim().toLowerCase() === name)
    if (index >= 0 && fits(index, true)) return index
  }
  return columns.findIndex((_, index) => fits(index, false))
}

/** Numbers are times only where the name says so, or where their size does: 2001 and after, in any unit. */
function isTime(cell: Cell, isNamed: boolean): boolean {
  const time = cellTime(cell, undefined, 'UTC', undefined)
  if (time === undefined) return false
  const isNumber = typeof cell !== 'string' || /^[\d.]+$/.test(cell.trim())
  if (!isNumber || isNamed) return true
  return String(cell).replace(/\..*/, '').length >= 10 && time > PLAUSIBLE.from && time < PLAUSIBLE.to
}

const areLevels = (cells: readonly Cell[]): boolean =>
  cells.length > 0 && cells.filter((c) => severityOfWord(String(c)) > 0).length >= cells.length * 0.6
/** Of one letter or `log` alone many a column is full. */
const areLevelWords = (cells: readonly Cell[]): boolean =>
  cells.length > 1 && cells.every((c) => String(c).length >= 3 && severityOfWord(String(c)) > 0)
const areWords = (cells: readonly Cell[]): boolean =>
  cells.length > 0 && !isNumeric(cells) && cells.every((c) => String(c).length <= 100)
const areSentences = (cells: readonly Cell[]): boolean => {
  const spaced = cells.filter((c) => typeof c === 'string' && /\S\s+\S/.test(c)).length
  return spaced > cells.length * 0.5 && new Set(cells).size > Math.min(3, cells.length * 0.2)
}

function longest(columns: readonly number[], cellsOf: (i: number) => Cell[]): number {
  const size = (index: number): number => cellsOf(index).reduce<number>((sum, cell) => sum + String(cell).length, 0)
  return columns.reduce((best, index) => (best < 0 || size(index) > size(best) ? index : best), -1)
}

function preferValue(columns: readonly string[], numeric: readonly number[]): number[] {
  const value = numeric.find((i) => /^(value|val|sample|avg|mean)$/i.test((columns[i] as string).trim()))
  return value === undefined ? [...numeric] : [value]
}

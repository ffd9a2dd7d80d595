// CSV, TSV and their relatives as a format: delimiter and header found, columns understood, rows read as they stream by.

import type { Head, Sniffed, WireFormat } from '../format.ts'
import type { LogMapping, LogReadOptions } from '../logs/options.ts'
import { NOTHING_LATE, type WireReader } from '../reader.ts'
import { severityOfWord } from '../logs/level.ts'
import { senseOf } from './columns.ts'
import { CsvRows, csvRows } from './csv.ts'
import { isNumeric } from './quantity.ts'
import { TableRows } from './rows.ts'
import { cellTime } from './times.ts'

const DELIMITERS = [',', '\t', ';', '|'] as const
type Delimiter = (typeof DELIMITERS)[number]
const LOOK_ROWS = 200
/** Excel's own line that names the delimiter; Grafana writes it too. */
const SEP = /^sep=(.)$/i

export const TABLE_FIELDS = [
  'time',
  'timeUnit',
  'timeZone',
  'dateOrder',
  'rows',
  'level',
  'service',
  'message',
  'traceId',
  'spanId',
  'values',
  'metric',
  'labels',
] as const satisfies ReadonlyArray<keyof LogMapping>

export const csv: WireFormat<'csv'> = {
  name: 'csv',
  mapped: [...TABLE_FIELDS, 'delimiter', 'decimal', 'header'],
  sniff: sniffCsv,
  open: csvReader,
}

function sniffCsv(head: Head): Sniffed | undefined {
  const { chosen } = head
  const text = head.text.charCodeAt(0) === 0xfeff ? head.text.slice(1) : head.text
  const said = SEP.exec((head.lines[0] ?? '').replace('\ufeff', ''))?.[1]
  const body = said === undefined ? text : text.slice(text.indexOf('\n') + 1)
  const delimiter = chosen.delimiter ?? DELIMITERS.find((d) => d === said) ?? delimiterOf(body, head.whole)
  if (delimiter === undefined) return undefined
  const rows = csvRows(body, delimiter, head.whole, LOOK_ROWS)
  const first = rows[0]
  if (first === undefined || (first.length < 2 && chosen.delimiter === undefined)) return undefined
  const header = chosen.header ?? isHeader(first, rows.slice(1))
  const columns = header ? columnNames(first) : first.map((_, i) => `column ${i + 1}`)
  const data = header ? rows.slice(1) : rows
  // zap's console, Lambda and others write lines parted by tabs: time, level, words. They are read as lines.
  if (!header && chosen.delimiter === undefined && delimiter === '\t' && rows.every(isLogLine)) return undefined
  const sense = senseOf(columns, data, { ...chosen, delimiter })
  const even = rows.filter((row) => isEven(row, first.length)).length
  // log lines with commas are no table: without a header every row must be alike and begin with a whole time
  if (!header && (first.length < 3 || even < rows.length || rows.length < 2 || /^\d{3}\D/.test(first[1] ?? '')))
    return chosen.delimiter === undefined ? undefined : sniffed(0.3)
  if (!sense.hasTime)
    return header && data.length > 0 && even > rows.length * 0.9 && head.lines.length > 1 ? sniffed(0.3) : undefined
  return sniffed(header ? 0.94 : 0.7)

  function sniffed(confidence: number): Sniffed {
    return {
      confidence,
      layout: 'text',
      timeUnit: sense.timeUnit,
      mapping: { ...sense.mapping, delimiter, header },
      fields: columns,
      problems: sense.problems,
    }
  }
}

const isLogLine = (cells: readonly string[]): boolean =>
  cells.slice(1, 4).some((cell) => cell.length >= 3 && severityOfWord(cell) > 0)

/** As many cells as columns; more when nothing is in them. */
const isEven = (row: readonly string[], columns: number): boolean =>
  row.length >= columns && row.slice(columns).every((cell) => cell === '')

/** The delimiter that cuts most rows into the same number of cells, at least two. */
function delimiterOf(text: string, whole: boolean): Delimiter | undefined {
  let best: { delimiter: Delimiter; score: number } | undefined
  for (const delimiter of DELIMITERS) {
    const rows = csvRows(text.slice(0, 65_536), delimiter, whole && text.length <= 65_536, 100)
    const cells = rows[0]?.length ?? 0
    if (cells < 2) continue
    const even = rows.filter((row) => isEven(row, cells)).length / rows.length
    if (even < 0.6) continue
    const score = even * 100 + Math.min(cells, 50)
    if (best === undefined || score > best.score) best = { delimiter, score }
  }
  return best?.delimiter
}

function isHeader(first: readonly string[], rest: ReadonlyArray<readonly string[]>): boolean {
  const cells = first.map((cell) => cell.trim())
  if (cells.some((cell) => cell.length > 500) || cells.every((cell) => cell === '')) return false
  if (cells.some((cell) => isNumeric([cell]) || cellTime(cell, undefined, 'UTC', undefined) !== undefined)) return false
  if (new Set(cells).size < cells.length * 0.8) return false
  // names are no sentences of a log
  if (cells.filter((cell) => /[a-z] [a-z]+ [a-z]+ [a-z]+/i.test(cell) && !cell.includes('{')).length > cells.length / 2)
    return false
  return (
    rest.length === 0 ||
    rest.some((row) =>
      row.some((cell) => isNumeric([cell]) || cellTime(cell, undefined, 'UTC', undefined) !== undefined),
    )
  )
}

/** Names that are empty or there already get their number. */
export function columnNames(first: readonly string[]): string[] {
  const seen = new Set<string>()
  return first.map((cell, i) => {
    let name = cell.trim() || `column ${i + 1}`
    if (seen.has(name)) name = `${name} (${i + 1})`
    seen.add(name)
    return name
  })
}

const UNEVEN = 'a row whose number of cells is not that of the columns'

function csvReader(options: LogReadOptions): WireReader {
  const { mapping, into } = options
  let table: TableRows | undefined
  let width = 0
  let isFirst = true
  const rows = new CsvRows(mapping.delimiter ?? ',', {
    row(cells, line) {
      if (isFirst && cells[0]?.startsWith('\ufeff')) cells = [cells[0].slice(1), ...cells.slice(1)]
      if (isFirst && SEP.test(cells.join(mapping.delimiter ?? ','))) return
      isFirst = false
      if (table === undefined) {
        const header = mapping.header !== false
        const columns = header ? columnNames(cells) : cells.map((_, i) => `column ${i + 1}`)
        table = new TableRows(columns, options)
        width = columns.length
        if (header) return
      }
      const extra = cells.slice(width)
      if (cells.length < width || extra.some((cell) => cell !== '')) {
        if (cells.length > 1 || cells[0]?.trim() !== '') into.skip(line, UNEVEN, cells.join(mapping.delimiter ?? ','))
        return
      }
      table.row(cells, line)
    },
    bad: (line, reason, example) => into.skip(line, reason, example),
  })
  return { push: (bytes) => rows.push(bytes), end: () => rows.end(), late: NOTHING_LATE }
}

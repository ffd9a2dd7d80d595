// Rows of a table to log rows or metric samples, by its mapping: which column is the time, what is a value, what a label.

import type { AttributeValue, SeriesInfo } from '../../domain/telemetry.ts'
import { spanIdOf, traceIdOf } from '../logs/json-log.ts'
import { severityOf } from '../logs/level.ts'
import { type LogReadOptions, LogResources, logRow } from '../logs/options.ts'
import { contentOf, filling } from '../logs/take-log.ts'
import { pointerPart, setKey } from '../otlp/attributes.ts'
import { promSeries } from '../prometheus-json.ts'
import { timeProblem } from '../reader.ts'
import { quantityOf } from './quantity.ts'
import { type Cell, cellTime } from './times.ts'

/** One series for each set of labels; past this the oldest are made again. */
const MAX_SERIES = 100_000

export class TableRows {
  readonly #options: LogReadOptions
  readonly #columns: readonly string[]
  readonly #at = new Map<string, number>()
  readonly #resources = new LogResources()
  readonly #series = new Map<string, SeriesInfo>()
  readonly #fixedService: string | undefined
  readonly #time: number
  readonly #values: readonly number[]
  readonly #labels: readonly number[]
  readonly #near: Date

  constructor(columns: readonly string[], options: LogReadOptions) {
    this.#options = options
    this.#columns = columns
    this.#near = new Date(Number(options.fileTime / 1_000_000n))
    columns.forEach((name, i) => {
      if (!this.#at.has(name)) this.#at.set(name, i)
    })
    const { mapping } = options
    this.#fixedService = mapping.service?.startsWith('=') ? mapping.service.slice(1) : undefined
    this.#time = this.#index(mapping.time)
    this.#values = this.#indexes(mapping.values)
    this.#labels = this.#indexes(mapping.labels)
  }

  row(cells: readonly Cell[], line: number): void {
    const { mapping, into, fileTime } = this.#options
    const time =
      mapping.timeUnit === 'none'
        ? fileTime
        : cellTime(
            this.#cell(cells, this.#time),
            numericUnit(mapping.timeUnit),
            mapping.timeZone ?? 'UTC',
            mapping.dateOrder,
          )
    const problem =
      time !== undefined
        ? timeProblem(time, this.#options)
        : this.#time < 0
          ? 'no time column'
          : 'a row whose time column holds no time'
    if (problem !== undefined) into.skip(line, problem, textOfRow(cells))
    else if (mapping.rows === 'metrics') this.#samples(cells, time as bigint, line)
    else this.#log(cells, time as bigint)
  }

  #index(name: string | undefined): number {
    return name === undefined ? -1 : (this.#at.get(name) ?? -1)
  }

  #indexes(names: readonly string[] | undefined): number[] {
    return (names ?? []).map((name) => this.#index(name)).filter((index) => index >= 0)
  }

  #cell(cells: readonly Cell[], index: number): Cell {
    return index < 0 ? null : (cells[index] ?? null)
  }

  #text(cells: readonly Cell[], name: string | undefined): string {
    const cell = this.#cell(cells, this.#index(name))
    return cell === null ? '' : String(cell)
  }

  #service(cells: readonly Cell[]): string {
    return this.#fixedService ?? (this.#text(cells, this.#options.mapping.service) || (this.#options.service ?? ''))
  }

  #log(cells: readonly Cell[], time: bigint): void {
    const { mapping, into } = this.#options
    const used = new Set(
      [mapping.time, mapping.level, mapping.message, mapping.service, mapping.traceId, mapping.spanId].map((name) =>
        this.#index(name),
      ),
    )
    const values: Record<string, AttributeValue> = {}
    const types: Record<string, 'int'> = {}
    this.#columns.forEach((name, i) => {
      const cell = cells[i] ?? null
      if (used.has(i) || cell === null || cell === '') return
      if (typeof cell === 'bigint' && !Number.isSafeInteger(Number(cell))) setKey(types, `/${pointerPart(name)}`, 'int')
      setKey(values, name, attributeOf(cell))
    })
    const level = this.#text(cells, mapping.level)
    const service = this.#service(cells)
    const hasMessage = this.#index(mapping.message) >= 0
    const message = this.#text(cells, mapping.message)
    // without a column of levels (exports of Splunk, Datadog, CloudWatch) what the line says of itself holds
    const said = mapping.level === undefined && hasMessage ? contentOf(message, filling(), this.#near) : undefined
    const row = logRow({
      time,
      severity: said?.severity ?? (level === '' ? 0 : severityOf(level, mapping.level ?? '')),
      severityText: said === undefined ? level : said.severityText,
      service,
      body: hasMessage ? message : JSON.stringify(values),
      attributes: Object.keys(types).length === 0 ? { values } : { values, types },
      resource: this.#resources.of(service),
      traceId: traceIdOf(this.#text(cells, mapping.traceId) || said?.traceId),
      spanId: spanIdOf(this.#text(cells, mapping.spanId) || said?.spanId),
    })
    if (!hasMessage) row.bodyIsJson = true
    into.logs.push(row)
  }

  #samples(cells: readonly Cell[], time: bigint, line: number): void {
    const { mapping, into } = this.#options
    const labels: Record<string, string> = {}
    for (const index of this.#labels) {
      const text = this.#cell(cells, index)
      if (text !== null && text !== '') setKey(labels, this.#columns[index] as string, String(text))
    }
    const named = mapping.metric?.startsWith('=') ? mapping.metric.slice(1) : this.#text(cells, mapping.metric)
    const service = this.#service(cells)
    let empty = 0
    for (const index of this.#values) {
      const cell = this.#cell(cells, index)
      if (cell === null || cell === '') {
        empty++
        continue
      }
      const value =
        typeof cell === 'bigint' ? Number(cell) : typeof cell === 'boolean' ? Number(cell) : this.#number(cell)
      if (value === undefined) {
        into.skip(line, 'a value that is no number', cell)
        continue
      }
      const column = this.#columns[index] as string
      const series = this.#seriesOf(named === '' ? column : named, labels, service)
      into.samples.push({ series, time, startTime: 0n, value })
    }
    if (this.#values.length === 0) into.skip(line, 'no column of numbers is chosen as a value', textOfRow(cells))
    else if (empty === this.#values.length) into.note('row without a value is left out')
  }

  #number(cell: string | number): number | undefined {
    return typeof cell === 'number' ? cell : quantityOf(cell, this.#options.mapping.decimal === ',')?.value
  }

  #seriesOf(name: string, labels: Readonly<Record<string, string>>, service: string): SeriesInfo {
    const key = JSON.stringify([name, labels, service])
    let series = this.#series.get(key)
    if (!series) {
      const found = seriesOfTitle(name)
      series = promSeries({ ...found.labels, ...promLabels(labels), __name__: promName(found.name) }, service)
      series = { ...series, name: found.name }
      if (this.#series.size >= MAX_SERIES) this.#series.clear()
      this.#series.set(key, series)
    }
    return series
  }
}

const numericUnit = (unit: LogReadOptions['mapping']['timeUnit']) =>
  unit === 'rfc3339' || unit === 'pattern' ? undefined : unit

/** Numbers that look as a program writes them become numbers, so that they can be compared; 007 and 1e5 stay text. */
function attributeOf(cell: Exclude<Cell, null>): AttributeValue {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell.toString()
  if (typeof cell === 'boolean') return cell
  if (typeof cell !== 'string')
    return Number.isNaN(cell) || cell === Infinity || cell === -Infinity ? String(cell) : cell
  if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(cell) && cell.length <= 16) return Number(cell)
  return cell
}

/** `up{job="node"}`, `{job="node"}` or any title to a name and labels. */
export function seriesOfTitle(title: string): { name: string; labels: Record<string, string> } {
  const open = title.indexOf('{')
  if (open < 0 || !title.endsWith('}')) return { name: title, labels: {} }
  const labels: Record<string, string> = {}
  let rest = title.slice(open + 1, -1).trim()
  while (rest !== '') {
    const m = /^([A-Za-z_][\w.]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/.exec(rest)
    if (!m) return { name: title, labels: {} }
    setKey(labels, m[1] as string, (m[2] as string).replace(/\\(["\\])/g, '$1').replaceAll('\\n', '\n'))
    rest = rest.slice(m[0].length)
  }
  const name = title.slice(0, open).trim()
  return { name: name === '' ? (labels['__name__'] ?? 'value') : name, labels }
}

/** The name PromQL selects: what it cannot spell becomes `_`. */
function promName(title: string): string {
  const name = title.replace(/[^A-Za-z0-9_:]+/g, '_').replace(/^_+(?=.)|(?<=.)_+$/g, '')
  return name === '' ? 'value' : /^\d/.test(name) ? `_${name}` : name
}

function promLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [key, value] of Object.entries(labels)) {
    const name = key.replace(/[^A-Za-z0-9_]/g, '_')
    setKey(out, /^\d/.test(name) ? `_${name}` : name, value)
  }
  return out
}

const textOfRow = (cells: readonly Cell[]): string =>
  cells
    .slice(0, 50)
    .map((cell) => (cell === null ? '' : String(cell).slice(0, 200)))
    .join(', ')

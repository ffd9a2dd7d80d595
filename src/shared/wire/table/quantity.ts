// Numbers as tables for people have them: with a unit behind (a Grafana panel as CSV, unless "Formatted data" is off), with a
// decimal comma where cells are parted by semicolons and say so. What has a known unit is read in the base unit, so that 500 ms and 1.2 s
// of one column are comparable.

import { floatOf } from '../json/value.ts'
import type { Cell } from './times.ts'

const NUMBER =
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?:e[+-]?\d+)?$|^[+-]?(?:inf|infinity)$|^nan$/i
const COMMA = /^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$/
/** Cells that say which sign is the decimal one, with a unit behind or without; `1.234` says nothing. */
const SAYS_COMMA = /^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+(?:\s?[A-Za-z%°µμ][^\d]*)?$/
const SAYS_POINT =
  /^[+-]?(?:0*\.\d+|0+\.\d+|\d+\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+)(?:e[+-]?\d+)?(?:\s?[A-Za-z%°µμ][^\d]*)?$/
/** A number that is written longer than this is none. */
const MOST_TEXT = 64
const THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/
const WITH_UNIT = /^([+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s?([A-Za-z%°µμ][A-Za-z%°µμ²³]{0,11}(?:\/[A-Za-z]{1,8})?)$/i
/** `5xx`, `2nd`, `4a`: letters close behind that are no known unit are a name */
const NAME = /\d[A-Za-z]+$/
/** `1.2 K req/s`: what counts stands behind what scales */
const SCALED_COUNT = /^([+-]?\d[\d,]*(?:\.\d+)?)\s?(K|Mil|Bil|Tri|k|M|G|T)\s?([A-Za-z]{1,12}(?:\/[A-Za-z]{1,8})?)$/

/** Units of Grafana's formats: name, base unit, how many of the base one is. */
const UNITS = new Map<string, readonly [base: string, factor: number]>([
  ['ns', ['s', 1e-9]],
  ['µs', ['s', 1e-6]],
  ['μs', ['s', 1e-6]],
  ['us', ['s', 1e-6]],
  ['ms', ['s', 1e-3]],
  ['s', ['s', 1]],
  ['sec', ['s', 1]],
  ['min', ['s', 60]],
  ['mins', ['s', 60]],
  ['hour', ['s', 3600]],
  ['hours', ['s', 3600]],
  ['day', ['s', 86_400]],
  ['days', ['s', 86_400]],
  ['week', ['s', 604_800]],
  ['weeks', ['s', 604_800]],
  ['year', ['s', 31_536_000]],
  ['years', ['s', 31_536_000]],
  ['K', ['', 1e3]],
  ['Mil', ['', 1e6]],
  ['Bil', ['', 1e9]],
  ['Tri', ['', 1e12]],
])
const POWERS = ['', 'k', 'M', 'G', 'T', 'P'] as const
for (const [i, power] of POWERS.entries())
  for (const tail of ['', '/s']) {
    UNITS.set(`${power}B${tail}`, [`B${tail}`, 1000 ** i])
    UNITS.set(`${power}b${tail}`, [`b${tail}`, 1000 ** i])
    if (i === 0) continue
    UNITS.set(`${power.toUpperCase()}iB${tail}`, [`B${tail}`, 1024 ** i])
    UNITS.set(`${power.toUpperCase()}ib${tail}`, [`b${tail}`, 1024 ** i])
  }

export interface Quantity {
  readonly value: number
  /** base unit; '' for a bare number */
  readonly unit: string
}

/** Whether the decimal sign of these cells is a comma: some say so, none has a point there. */
export function hasDecimalComma(cells: readonly Cell[]): boolean {
  let some = false
  for (const cell of cells) {
    const text = typeof cell === 'string' && cell.length <= MOST_TEXT ? cell.trim() : ''
    if (SAYS_POINT.test(text)) return false
    some ||= SAYS_COMMA.test(text)
  }
  return some
}

/** @param comma the decimal sign is a comma */
export function quantityOf(cell: string, comma: boolean): Quantity | undefined {
  if (cell.length > MOST_TEXT) {
    const value = floatOf(cell)
    return value === undefined ? undefined : { value, unit: '' }
  }
  const text = cell.trim()
  const bare = numberOf(text, comma)
  if (bare !== undefined) return { value: bare, unit: '' }
  const scaled = SCALED_COUNT.exec(text)
  const factor =
    scaled && !UNITS.has(text.slice((scaled[1] as string).length).trim()) && SCALES.get(scaled[2] as string)
  if (scaled && factor)
    return { value: Number((scaled[1] as string).replaceAll(',', '')) * factor, unit: scaled[3] as string }
  const m = WITH_UNIT.exec(text)
  if (!m || (NAME.test(text) && !UNITS.has(m[2] as string))) return undefined
  const value = numberOf(m[1] as string, comma)
  if (value === undefined) return undefined
  const [unit, times] = UNITS.get(m[2] as string) ?? [m[2] as string, 1]
  return { value: value * times, unit }
}

const SCALES = new Map([
  ['K', 1e3],
  ['k', 1e3],
  ['Mil', 1e6],
  ['M', 1e6],
  ['Bil', 1e9],
  ['G', 1e9],
  ['Tri', 1e12],
  ['T', 1e12],
])

function numberOf(text: string, comma: boolean): number | undefined {
  if (comma && COMMA.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'))
  return floatOf(text) ?? (THOUSANDS.test(text) ? Number(text.replaceAll(',', '')) : undefined)
}

/** Bare numbers, as a program writes them. */
export function isNumeric(cells: readonly Cell[]): boolean {
  return share(cells, (text) => NUMBER.test(text)) >= 0.9
}

/** Numbers of one unit, or none. What they are told to be read as, where that is not plain to see. */
export function valuesOf(cells: readonly Cell[], comma: boolean): { note?: string } | undefined {
  if (comma && hasDecimalComma(cells) && share(cells, (text) => COMMA.test(text) || NUMBER.test(text)) >= 0.9)
    return { note: 'numbers such as 0,5 are read with a decimal comma' }
  if (isNumeric(cells)) return {}
  const units = new Set<string>()
  const good = share(cells, (text) => {
    const found = quantityOf(text, comma)
    if (found !== undefined && (found.unit !== '' || found.value !== 0)) units.add(found.unit)
    return found !== undefined
  })
  // a word behind a number that is no unit says nothing unless it stands behind all of them
  const isKnown = units.size === 1 && (cells.length >= 3 || BASES.has([...units][0] as string))
  return good >= 0.9 && isKnown
    ? { note: 'numbers with a unit are read in its base unit: 500 ms is 0.5, 1 KiB is 1024' }
    : undefined
}

const BASES = new Set([...UNITS.values()].map(([base]) => base))

const share = (cells: readonly Cell[], isOne: (text: string) => boolean): number =>
  cells.filter((c) => typeof c === 'number' || typeof c === 'bigint' || (typeof c === 'string' && isOne(c.trim())))
    .length / Math.max(1, cells.length)

// Times as tables write them: all that logs have (logs/time.ts), the dates of spreadsheets, and Kibana's.

import { fieldTime, monthOf, numberToNs, partsToNs, type TimeUnit, unitOfValue } from '../logs/time.ts'

/** Which of the first two numbers of 03/04/2025 is the day. */
export type DateOrder = 'dmy' | 'mdy'
export type Cell = string | number | bigint | boolean | null

const SLASHED =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?$/
const NAMED =
  /^([A-Z][a-z]{2,8})\.? (\d{1,2}), (\d{4})(?:,? (?:@ )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?$/
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** Epoch nanoseconds of a cell; numbers by `unit`, or by their size. undefined: no time. */
export function cellTime(
  cell: Cell,
  unit: TimeUnit | undefined,
  zone: string,
  order: DateOrder | undefined,
): bigint | undefined {
  if (cell === null || typeof cell === 'boolean') return undefined
  if (typeof cell === 'bigint') return numberToNs(cell.toString(), unit)
  if (typeof cell === 'string') {
    const text = cell.trim()
    const parts = dateParts(text, order)
    if (parts !== undefined) return partsToNs(parts, zone)
  }
  return fieldTime(cell, unit, zone)
}

function dateParts(text: string, order: DateOrder | undefined) {
  const day = DAY.exec(text)
  if (day) return partsOf(Number(day[1]), Number(day[2]), Number(day[3]), [])
  const slashed = SLASHED.exec(text)
  if (slashed) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])]
    const isDayFirst =
      first > 12 || ((order ?? (/^\d{1,2}\.\d{1,2}\./.test(text) ? 'dmy' : 'mdy')) === 'dmy' && second <= 12)
    return partsOf(Number(slashed[3]), isDayFirst ? second : first, isDayFirst ? first : second, slashed.slice(4))
  }
  const named = NAMED.exec(text)
  return named ? partsOf(Number(named[3]), monthOf(named[1] as string), Number(named[2]), named.slice(4)) : undefined
}

function partsOf(year: number, month: number, day: number, clock: ReadonlyArray<string | undefined>) {
  const [hour, minute, second, fraction, half] = clock
  let hours = Number(hour ?? 0)
  if (half !== undefined) hours = (hours % 12) + (/p/i.test(half) ? 12 : 0)
  return {
    year,
    month,
    day,
    hour: hours,
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    fraction: fraction ?? '',
    zone: '',
  }
}

/** Of dates such as 03/04/2025: which number is the day, as far as the cells tell. undefined: no such dates. */
export function dateOrderOf(cells: readonly Cell[]): { order: DateOrder; isSure: boolean } | undefined {
  let seen = false
  for (const cell of cells) {
    const m = typeof cell === 'string' ? SLASHED.exec(cell.trim()) : null
    if (!m) continue
    seen = true
    // 03.11.2025: nobody writes the month first with dots
    if (/^\d{1,2}\.\d{1,2}\./.test(m[0])) return { order: 'dmy', isSure: true }
    if (Number(m[1]) > 12) return { order: 'dmy', isSure: true }
    if (Number(m[2]) > 12) return { order: 'mdy', isSure: true }
  }
  return seen ? { order: 'mdy', isSure: false } : undefined
}

/** What the times of a column are, for the mapping that is shown. */
export function unitOfCells(cells: readonly Cell[]): TimeUnit {
  const cell = cells.find((c) => c !== null && c !== '')
  if (typeof cell === 'string' && dateParts(cell.trim(), undefined) !== undefined) return 'pattern'
  return unitOfValue(typeof cell === 'bigint' ? cell.toString() : cell) ?? 'pattern'
}

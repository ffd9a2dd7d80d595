// Separated values after RFC 4180. A cell that a spreadsheet would run as a formula (= + - @ tab CR in front) gets a single
// quote in front, numbers excepted: OWASP "CSV Injection"; docs/formats.md says so to readers.

import type { Frame } from '../../shared/frame/frame.ts'
import { jsonCell } from '../../shared/frame/table.ts'

const RISKY = /^[=+\-@\t\r]/
const PLAIN_NUMBER = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$|^[+-]Inf$/i

export function separatedCell(value: unknown, separator: ',' | '\t'): string {
  if (value === null || value === undefined) return ''
  let text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (RISKY.test(text) && !PLAIN_NUMBER.test(text)) text = `'${text}`
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function separatedHeader(frame: Frame, separator: ',' | '\t'): string {
  return `${frame.columns.map((c) => separatedCell(c.name, separator)).join(separator)}\r\n`
}

export function separatedRows(frame: Frame, separator: ',' | '\t'): string {
  let out = ''
  for (let row = 0; row < frame.rowCount; row++)
    out += `${frame.columns.map((column) => separatedCell(jsonCell(column, row), separator)).join(separator)}\r\n`
  return out
}

export function ndjsonRows(frame: Frame): string {
  let out = ''
  for (let row = 0; row < frame.rowCount; row++) {
    const object: Record<string, unknown> = {}
    for (const column of frame.columns)
      Object.defineProperty(object, column.name, { value: jsonCell(column, row), enumerable: true })
    out += `${JSON.stringify(object)}\n`
  }
  return out
}

// The report of an import as a table for the clipboard: one line for each file and each reason why rows were skipped.

import type { MethodOutput } from '../../../shared/contract/index.ts'

export type ReportedFile = MethodOutput<'import.run'>['files'][number]

const HEADER = ['file', 'format', 'rows taken', 'rows skipped', 'line', 'reason', 'example', 'error']

/** A cell must neither end its line nor start another column, nor be run by a spreadsheet. */
function cellText(value: string | number): string {
  const text = String(value).replace(/[\t\r\n]+/g, ' ')
  return /^[=+\-@]/.test(text) ? `'${text}` : text
}

export function reportTsv(files: readonly ReportedFile[]): string {
  const lines: Array<ReadonlyArray<string | number>> = [HEADER]
  for (const file of files) {
    const error = file.error ? file.error.message : file.alreadyImported ? 'already imported' : ''
    const head = [file.path, file.format, file.rowsTaken, file.rowsSkipped]
    for (const note of file.notes ?? []) lines.push([file.path, file.format, file.rowsTaken, '', '', note, '', error])
    if (file.skipped.length === 0) lines.push([...head, '', '', '', error])
    for (const s of file.skipped)
      lines.push([file.path, file.format, file.rowsTaken, s.count, s.line, s.reason, s.example, error])
  }
  return `${lines.map((line) => line.map(cellText).join('\t')).join('\n')}\n`
}

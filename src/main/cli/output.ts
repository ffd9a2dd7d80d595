// Answers as the contract prints them: JSON, rows alone, CSV, Arrow. Each is made whole before the first byte leaves, so
// that an error never follows half an answer.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { COMPLETE } from '../../shared/domain/completeness.ts'
import { answerToJson } from '../../shared/contract/json.ts'
import { isFrame } from '../../shared/frame/codec.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import { jsonCell } from '../../shared/frame/table.ts'

export const FORMATS = ['json', 'ndjson', 'csv', 'arrow'] as const
export type Format = (typeof FORMATS)[number]

export function parseFormat(text: string | undefined): Format {
  const format = FORMATS.find((known) => known === (text ?? 'json'))
  if (!format)
    throw new WatchdeckError('invalid_input', `There is no format ${JSON.stringify(text)}.`, {
      hint: FORMATS.join(', '),
    })
  return format
}

/** @throws WatchdeckError `unsupported` for csv and arrow of an answer that is no table */
export async function renderAnswer(answer: unknown, format: Format): Promise<string | Uint8Array> {
  if (format === 'json') return `${JSON.stringify(withCompleteness(answerToJson(answer)), null, 2)}\n`
  const frame = tableOf(answer)
  if (format === 'ndjson')
    return frame ? rowsAsNdjson(frame) : `${JSON.stringify(withCompleteness(answerToJson(answer)))}\n`
  if (!frame)
    throw new WatchdeckError('unsupported', `This answer is no table: ${format} cannot show it.`, {
      hint: 'Use --format json.',
    })
  if (format === 'csv') return frameToCsv(frame)
  const { frameToArrow } = await import('./arrow.ts')
  return frameToArrow(frame)
}

/**
 * What rows alone do not tell, as one JSON line for stderr: that they are not all, why, and where to go on. Undefined
 * when they are all, or when the format says it itself.
 */
export function leftOut(answer: unknown, format: Format): string | undefined {
  if (format === 'json' || !tableOf(answer) || typeof answer !== 'object' || answer === null) return undefined
  const { completeness, nextCursor } = { completeness: undefined, nextCursor: undefined, ...answer }
  const whole: unknown = answerToJson(completeness ?? COMPLETE)
  if (nextCursor === undefined && JSON.stringify(whole) === JSON.stringify(COMPLETE)) return undefined
  return `${JSON.stringify({ completeness: whole, ...(nextCursor === undefined ? {} : { nextCursor }) })}\n`
}

/** Every printed answer has it: one that speaks of no telemetry (a setting, an incident) is all there is. */
function withCompleteness(answer: ReturnType<typeof answerToJson>): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer
  // a note has the field of its pins, without one
  return { ...answer, completeness: answer['completeness'] ?? COMPLETE }
}

/** The table of an answer: its own, or the only one within an object. */
function tableOf(answer: unknown): Frame | undefined {
  if (typeof answer !== 'object' || answer === null || !('table' in answer)) return undefined
  const { table } = answer
  return isFrame(table) ? table : undefined
}

function rowsAsNdjson(frame: Frame): string {
  const lines: string[] = []
  for (let row = 0; row < frame.rowCount; row++)
    lines.push(
      `{${frame.columns.map((c) => `${JSON.stringify(c.name)}:${JSON.stringify(jsonCell(c, row))}`).join(',')}}\n`,
    )
  return lines.join('')
}

/** RFC 4180 with a header; null is an empty cell, an empty text is quoted. Exact values: nothing is defused here. */
export function frameToCsv(frame: Frame): string {
  const lines = [frame.columns.map((c) => csvCell(c.name)).join(',')]
  for (let row = 0; row < frame.rowCount; row++)
    lines.push(frame.columns.map((c) => csvCell(jsonCell(c, row))).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function csvCell(value: unknown): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes all of it; resolves once the system has it. A reader that left (EPIPE) ends the program quietly elsewhere. */
export function write(out: NodeJS.WritableStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(data, (error) => (error ? reject(error) : resolve()))
  })
}

/** Progress lines on stderr: in place on a terminal, one line per new message elsewhere. */
export function progressPrinter(err: NodeJS.WriteStream): {
  show(fraction: number | null, message: string): void
  end(): void
} {
  let last = ''
  let open = false
  return {
    show(fraction, message) {
      const percent = fraction === null ? '' : `${Math.floor(fraction * 100)} %  `
      if (err.isTTY) {
        err.write(`\r\u001b[K${percent}${message}`.slice(0, (err.columns ?? 80) + 4))
        open = true
      } else if (message !== last) err.write(`${percent}${message}\n`)
      last = message
    },
    end() {
      if (open) err.write('\r\u001b[K')
      open = false
    },
  }
}

// Failures of a query's text: where, and what was expected.

import { WatchdeckError } from '../base/errors.ts'

/** 1-based line and column of an offset. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** `details` hold `from` and `to` (offsets into the text), `line` and `column` (from 1). */
export function queryError(text: string, from: number, to: number, message: string): WatchdeckError {
  const { line, column } = positionOf(text, from)
  return new WatchdeckError('invalid_input', `${line}:${column}: ${message}`, {
    details: { from, to, line, column },
  })
}

export function refused(text: string, from: number, to: number, name: string, why: string): WatchdeckError {
  const { line, column } = positionOf(text, from)
  return new WatchdeckError('unsupported', `PromQL ${name} is not supported here: ${why}.`, {
    details: { name, from, to, line, column },
  })
}

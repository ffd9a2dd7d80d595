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
  const hint = hintOfError(message)
  return new WatchdeckError('invalid_input', `${line}:${column}: ${message}`, {
    details: { from, to, line, column },
    ...(hint === undefined ? {} : { hint }),
  })
}

export function refused(text: string, from: number, to: number, name: string, why: string): WatchdeckError {
  const { line, column } = positionOf(text, from)
  return new WatchdeckError('unsupported', `PromQL ${name} is not supported here: ${why}.`, {
    details: { name, from, to, line, column },
  })
}

/** Of no place in the text. */
export function wholeQueryError(message: string): WatchdeckError {
  const hint = hintOfError(message)
  return new WatchdeckError('invalid_input', message, hint === undefined ? {} : { hint })
}

/** What to write instead, by the words of a refusal: Prometheus's and ours are the same. */
export function hintOfError(message: string): string | undefined {
  const wanted = /expected type range vector in call to function "(\w+)", got instant vector/.exec(message)
  if (wanted)
    return `Say how far back: ${wanted[1]}(x[5m]); of a calculated value ${wanted[1]}((x)[1h:1m]), with a colon.`
  if (/got range vector|expression type "range vector"/.test(message))
    return 'A range such as [5m] goes through a function first: rate(x[5m]) for a counter, avg_over_time(x[5m]) for a gauge.'
  if (/ranges? only allowed for vector selectors/.test(message))
    return 'Of a calculated value take a subquery, with a colon and a step: max_over_time((x)[1h:1m]).'
  return undefined
}

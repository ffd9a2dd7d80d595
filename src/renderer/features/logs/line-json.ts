// A line as text, as JSON, and the JSON inside a line's text.

import { formatRfc3339, type EpochNs } from '../../../shared/base/time.ts'
import { cellOf, jsonOf, textOf } from '../../lib/engine/index.ts'
import type { LineAt } from './line-window.ts'

/** A larger body is text to look at, not a tree to unfold. */
const MAX_JSON = 1_000_000

/** The object or list that a body is, or ends with after some words (`12:00 INFO {"a":1}`); undefined when there is none. */
export function jsonInBody(body: string): unknown {
  if (body.length > MAX_JSON) return undefined
  const text = body.trim()
  const start = /[{[]/.exec(text)?.index
  if (start === undefined || !/[}\]]$/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text.slice(start))
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : undefined
  } catch {
    // most lines only look like it
    return undefined
  }
}

/** `2026-11-02T14:00:00.000000000Z error payment the text` */
export function lineAsText({ frame, row }: LineAt): string {
  return [
    formatRfc3339(cellOf(frame, 'time', row) as EpochNs),
    textOf(frame, 'level', row),
    textOf(frame, 'service', row),
    textOf(frame, 'body', row),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

export function lineAsJson({ frame, row }: LineAt): string {
  return JSON.stringify(
    {
      time: formatRfc3339(cellOf(frame, 'time', row) as EpochNs),
      level: textOf(frame, 'level', row),
      service: textOf(frame, 'service', row),
      body: textOf(frame, 'body', row),
      traceId: textOf(frame, 'traceId', row),
      spanId: textOf(frame, 'spanId', row),
      attributes: jsonOf(frame, 'attributes', row) ?? {},
      resource: jsonOf(frame, 'resource', row) ?? {},
    },
    null,
    2,
  )
}

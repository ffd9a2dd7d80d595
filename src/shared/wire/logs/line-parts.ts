// What a line of a plain log says, whatever its layout: its parts, and how level, thread, logger and message are told from what
// stands behind the time.

import type { JsonObject } from '../json/value.ts'
import { LEVEL_PATTERN, severityOfWord } from './level.ts'
import type { DateParts } from './time.ts'

export interface LineParts {
  /** calendar parts, or a number in `epoch` */
  date?: DateParts
  epoch?: string
  /** or a JSON record, with the name of the field that has its time; the message is its text */
  record?: JsonObject
  timeField?: string
  message: string
  severity?: number
  severityText?: string
  service?: string
  traceId?: string
  spanId?: string
  attributes: Record<string, string | number>
  /** what the layout took from the file because the line does not say it; told once */
  assumed?: keyof typeof ASSUMED
}

export const ASSUMED = {
  year: { note: 'times without a year take the year that puts them before the time of the file' },
  date: { note: 'times of day without a date take the date of the file' },
} as const

export interface LayoutContext {
  /** calendar year and day that dates without them are near to */
  readonly near: Date
}

export interface Layout {
  readonly name: string
  parse(line: string, context: LayoutContext): LineParts | undefined
}

const LEVEL_START = new RegExp(`^(?:(\\[|<|\\()?(${LEVEL_PATTERN})(\\]|>|\\))?)(?=[\\s:|,\\]-]|$)`, 'i')
const NAME_THEN_LEVEL = new RegExp(`^([\\w.$/-]+)\\s+[-|]\\s+(?=\\[?(?:${LEVEL_PATTERN})\\b)`, 'i')
const LEVEL_ANYWHERE = /\b(FATAL|CRITICAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)\b/

/** What stands after the time: level, [thread], pid ---, logger, then the message. */
export function restOf(text: string): LineParts {
  const attributes: LineParts['attributes'] = {}
  const parts: LineParts = { message: '', attributes }
  let rest = text
  let brackets = 0
  for (let round = 0; round < 8; round++) {
    rest = rest.replace(/^[\s\-|:,]+/, '')
    const level: RegExpExecArray | null = parts.severity === undefined ? LEVEL_START.exec(rest) : null
    if (
      level &&
      (level[1] !== undefined || /^[A-Z]/.test(level[2] as string) || /^\s*[:|-]/.test(rest.slice(level[0].length)))
    ) {
      parts.severity = severityOfWord(level[2] as string)
      parts.severityText = level[2] as string
      rest = rest.slice(level[0].length)
      continue
    }
    const pid = /^(\d+)\s+---(?=\s)/.exec(rest)
    if (pid) {
      attributes['process.pid'] = Number(pid[1])
      rest = rest.slice(pid[0].length)
      continue
    }
    if (rest[0] === '[' && brackets < 2) {
      const end = balancedEnd(rest)
      if (end < 0 || end > 200) break
      brackets++
      takeBracket(
        rest.slice(1, end - 1).trim(),
        parts,
        brackets === 1 && /^\s*\[/.test(rest.slice(end)) && 'process.pid' in attributes,
      )
      rest = rest.slice(end)
      continue
    }
    const named = parts.severity === undefined ? NAME_THEN_LEVEL.exec(rest) : null
    if (named) {
      attributes.logger = named[1] as string
      rest = rest.slice(named[0].length)
      continue
    }
    const logger =
      parts.severity === undefined || 'logger' in attributes
        ? null
        : /^([A-Za-z_$][\w$./]*(?:\[[^\]]*\])?)\s*(?::\s|\s-\s)/.exec(rest)
    if (logger) {
      attributes.logger = logger[1] as string
      rest = rest.slice(logger[0].length)
    }
    break
  }
  parts.message = rest.replace(/^(?:\s|- |: )+/, '')
  if (parts.severity === undefined) {
    const word = LEVEL_ANYWHERE.exec(parts.message.slice(0, 80))
    if (word) {
      parts.severity = severityOfWord(word[1] as string)
      parts.severityText = word[1] as string
    }
  }
  return parts
}

/** [thread], [service,trace,span] of Spring Cloud Sleuth, or [service] in front of [thread]. */
function takeBracket(inside: string, parts: LineParts, isService: boolean): void {
  const sleuth = /^([\w.-]*),([0-9a-f]{16,32})?,([0-9a-f]{16})?(?:,\w*)?$/.exec(inside)
  if (sleuth) {
    if (sleuth[1]) parts.service = sleuth[1]
    if (sleuth[2]) parts.traceId = sleuth[2]
    if (sleuth[3]) parts.spanId = sleuth[3]
  } else if (isService) parts.service = inside
  else if (inside !== '') parts.attributes['thread.name'] = inside
}

function balancedEnd(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length && at <= 400; at++) {
    if (text[at] === '[') depth++
    else if (text[at] === ']' && --depth === 0) return at + 1
  }
  return -1
}

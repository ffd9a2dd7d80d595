// One line of a plain log: the first layout that takes it, as it stands or behind what a tool put in front.

import { LAYOUTS } from './line-layouts.ts'
import type { Layout, LayoutContext, LineParts } from './line-parts.ts'
import { likelyPrefixOf } from './line-prefix.ts'
import { findField, mayBeRecord, recordIn, timeIn } from './log-fields.ts'

export interface ParsedLine {
  readonly parts: LineParts
  readonly layout: Layout
  /** what a tool put in front of the line */
  readonly prefix?: string
}

/** What a program wrote as JSON, with its own time. Only behind a prefix: a file of such lines alone is a log of JSON. */
const RECORD: Layout = {
  name: 'JSON',
  parse(text) {
    const record = mayBeRecord(text) ? recordIn(text) : undefined
    const timeField = record && findField(record, 'time')
    return record && timeField !== undefined && timeIn(record, timeField, undefined, 'UTC') !== undefined
      ? { record, timeField, message: text, attributes: {} }
      : undefined
  },
}

/**
 * The first layout that takes a line, with the one to try first next time.
 * @param whole all of a line of which only the beginning is looked at: a record is read to its end
 */
export function parseLine(line: string, near: Date, first?: Layout, whole = line): ParsedLine | undefined {
  const context = { near }
  const usual = first === RECORD ? undefined : first
  const alone = byLayout(line, context, usual)
  if (alone) return alone
  const prefix = likelyPrefixOf(line)
  const behind = prefix && behindPrefix(prefix.text.length, line, whole, context, usual)
  if (!prefix || !behind) return undefined
  const { parts, layout } = behind
  const attributes = { ...prefix.attributes, ...parts.attributes }
  return { parts: { ...parts, service: parts.service ?? prefix.service, attributes }, layout, prefix: prefix.text }
}

function behindPrefix(at: number, line: string, whole: string, context: LayoutContext, first: Layout | undefined) {
  const found = byLayout(line.slice(at), context, first)
  if (found) return found
  const parts = RECORD.parse(whole.slice(at), context)
  return parts && { parts, layout: RECORD }
}

function byLayout(line: string, context: LayoutContext, first: Layout | undefined): ParsedLine | undefined {
  const again = first?.parse(line, context)
  if (first && again) return { parts: again, layout: first }
  for (const layout of LAYOUTS) {
    if (layout === first) continue
    const parts = layout.parse(line, context)
    if (parts) return { parts, layout }
  }
  return undefined
}

// One line of a plain log: the first layout that takes it, as it stands or behind what a tool put in front.

import { LAYOUTS, type Layout, type LayoutContext, type LineParts } from './line-layouts.ts'
import { prefixOf } from './line-prefix.ts'

export interface ParsedLine {
  readonly parts: LineParts
  readonly layout: Layout
  /** what a tool put in front of the line */
  readonly prefix?: string
}

/** The first layout that takes a line, with the one to try first next time. */
export function parseLine(line: string, near: Date, first?: Layout): ParsedLine | undefined {
  const context = { near }
  const alone = byLayout(line, context, first)
  if (alone) return alone
  const prefix = prefixOf(line)
  const behind = prefix && byLayout(line.slice(prefix.text.length), context, first)
  if (!prefix || !behind) return undefined
  const { parts, layout } = behind
  const attributes = { ...prefix.attributes, ...parts.attributes }
  return { parts: { ...parts, service: parts.service ?? prefix.service, attributes }, layout, prefix: prefix.text }
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

// Folding a trace: single spans against a depth from which all is folded.

import type { Line } from './lines.ts'
import type { TraceState } from './state.ts'

type Folds = Pick<TraceState, 'folded' | 'opened' | 'siblings' | 'depth'>

/** The other way round for one span. */
export function toggleFold(
  state: Folds,
  line: Pick<Line, 'spanId' | 'parentId' | 'collapsed' | 'children' | 'depth'>,
): Partial<Folds> {
  if (line.children === 0) return {}
  const folded = state.folded.filter((id) => id !== line.spanId)
  const opened = state.opened.filter((id) => id !== line.spanId)
  const byRule = (state.depth !== undefined && line.depth >= state.depth) || state.siblings.includes(line.parentId)
  if (line.collapsed) return { folded, opened: byRule ? [...opened, line.spanId] : opened }
  return { folded: byRule ? folded : [...folded, line.spanId], opened }
}

/** All that stands beside a span under the same parent, but not the span itself. */
export function foldSiblings(
  state: Folds,
  line: Pick<Line, 'spanId' | 'parentId' | 'collapsed' | 'children'>,
): Partial<Folds> {
  if (line.parentId === '') return {}
  // what was opened one by one beside it folds again; under a rule of depth it may be what keeps this span in sight
  const others = state.depth === undefined ? [] : state.opened.filter((id) => id !== line.spanId)
  return {
    siblings: [...state.siblings.filter((id) => id !== line.parentId), line.parentId],
    opened: line.collapsed || line.children === 0 ? others : [...others, line.spanId],
  }
}

export const unfoldAll: Folds = { folded: [], opened: [], siblings: [], depth: undefined }
export const foldFrom = (depth: number): Folds => ({ folded: [], opened: [], siblings: [], depth })

// Folding a trace: single spans against a depth from which all is folded.

import type { Line } from './lines.ts'
import type { TraceState } from './state.ts'

type Folds = Pick<TraceState, 'folded' | 'opened' | 'depth'>

/** The other way round for one span. */
export function toggleFold(
  state: Folds,
  line: Pick<Line, 'spanId' | 'collapsed' | 'children' | 'depth'>,
): Partial<Folds> {
  if (line.children === 0) return {}
  const folded = state.folded.filter((id) => id !== line.spanId)
  const opened = state.opened.filter((id) => id !== line.spanId)
  const byDepth = state.depth !== undefined && line.depth >= state.depth
  if (line.collapsed) return { folded, opened: byDepth ? [...opened, line.spanId] : opened }
  return { folded: byDepth ? folded : [...folded, line.spanId], opened }
}

export const unfoldAll: Folds = { folded: [], opened: [], depth: undefined }
export const foldFrom = (depth: number): Folds => ({ folded: [], opened: [], depth })

// Which row of the waterfall is chosen. The chosen span is the truth; where it stands is known at once when a person
// moves, and asked of the engine when folds, filters or the address change it.

import { useCallback, useEffect, useRef, useState } from 'react'
import { useMethod } from '../../../lib/engine/index.ts'
import type { Line, Lines, WaterfallInput } from './lines.ts'
import { unfoldAll } from './folding.ts'
import type { TraceChange, TraceState } from './state.ts'

export interface Cursor {
  /** -1 = nothing chosen, or not among the visible rows */
  readonly row: number
  readonly line: Line | undefined
  readonly moveTo: (row: number) => void
  readonly choose: (line: Line) => void
}

export function useCursor({
  base,
  state,
  change,
  lines,
  reveal,
}: {
  base: WaterfallInput
  state: TraceState
  change: TraceChange
  lines: Lines
  reveal: (row: number) => void
}): Cursor {
  const baseKey = JSON.stringify(base)
  const [known, setKnown] = useState<{ span: string; row: number; base: string }>()
  const [wanted, setWanted] = useState<number>()
  const isKnown = known !== undefined && known.span === state.span && known.base === baseKey
  const located = useMethod(
    'traces.locate',
    state.span === undefined || isKnown ? null : { ...base, spanId: state.span },
    { keepPrevious: false },
  )
  const answer = located.data?.row
  const row = state.span === undefined ? -1 : isKnown ? known.row : (answer ?? -1)
  const at = lines.at(row)
  const line = at?.spanId === state.span ? at : undefined

  // a span that a link or another tab chose comes on screen; what hides it is opened
  const hidden = state.span !== undefined && !isKnown && located.data !== undefined && answer === null
  const canOpen = state.folded.length > 0 || state.depth !== undefined
  const revealed = useRef('')
  const revealKey = `${baseKey} ${state.span}`
  useEffect(() => {
    if (hidden && canOpen && revealed.current !== String(state.span)) {
      revealed.current = String(state.span)
      change(unfoldAll, { replace: true })
    } else if (!isKnown && typeof answer === 'number' && revealed.current !== revealKey) {
      revealed.current = revealKey
      reveal(answer)
    }
  }, [hidden, canOpen, state.span, change, isKnown, answer, reveal, revealKey])

  const { at: lineAt } = lines
  const settle = useCallback(
    (found: Line, quiet?: boolean): void => {
      setKnown({ span: found.spanId, row: found.row, base: baseKey })
      change({ span: found.spanId, ...(quiet === undefined ? {} : { quiet }) }, { replace: true })
    },
    [baseKey, change],
  )
  const moveTo = useCallback(
    (next: number): void => {
      if (next < 0 || next >= lines.total) return
      reveal(next)
      const found = lineAt(next)
      // walking with details closed leaves them closed
      const quiet = state.span === undefined ? true : undefined
      if (found && !lines.stale) settle(found, quiet)
      else setWanted(next)
    },
    [lines.total, lines.stale, lineAt, reveal, settle, state.span],
  )
  // a row far away (End, page down) is chosen as soon as its page is here
  useEffect(() => {
    if (wanted === undefined || lines.stale) return
    const found = lineAt(wanted)
    if (!found) return
    setWanted(undefined)
    settle(found)
  }, [wanted, lineAt, lines.stale, settle])
  const choose = useCallback((found: Line) => settle(found, false), [settle])
  return { row, line, moveTo, choose }
}

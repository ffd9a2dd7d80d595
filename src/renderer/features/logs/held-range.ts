// A list that is being read stands still: while a relative range moves on, the list keeps the range it had until the
// person is at its top again or asks for the newer lines.

import { useState } from 'react'
import type { CurrentRange } from '../../workbench/index.ts'

export interface HeldRange extends CurrentRange {
  /** what has come since, as a range; absent when nothing is held */
  readonly newer: { readonly from: string; readonly to: string } | undefined
  readonly release: () => void
}

/** `reading`: scrolled away or a line is open. `question`: whatever else makes it another list. */
export function useHeldRange(range: CurrentRange, reading: boolean, question: string): HeldRange {
  const [kept, keep] = useState({ range, question })
  const same =
    kept.question === question && kept.range.text.from === range.text.from && kept.range.text.to === range.text.to
  const hold = range.relative && reading && same
  if (!hold && (kept.range !== range || kept.question !== question)) keep({ range, question })
  const shown = hold ? kept.range : range
  return {
    ...shown,
    newer: hold && shown.input.to < range.input.to ? { from: shown.input.to, to: range.input.to } : undefined,
    release: () => keep({ range, question }),
  }
}

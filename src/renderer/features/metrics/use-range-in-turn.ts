// The range in force as the lanes take it up: one after the other, as many in a frame as there is time for. Twelve lanes that
// get a new range at once would hold the page while React draws them all.

import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { drawInTurn, drawNoMore } from '../../charts/index.ts'
import { type CurrentRange, currentRange, onRangeChange } from '../../workbench/index.ts'

const same = (a: CurrentRange, b: CurrentRange): boolean =>
  a.from === b.from && a.to === b.to && a.text.from === b.text.from && a.text.to === b.text.to

export function useRangeInTurn(): CurrentRange {
  const [range, setRange] = useState(currentRange)
  useEffect(() => {
    const owner = {}
    const takeUp = (): void =>
      flushSync(() =>
        setRange((before) => {
          const now = currentRange()
          return same(before, now) ? before : now
        }),
      )
    const stop = onRangeChange(() => drawInTurn(owner, takeUp))
    // it may have moved on before this lane listened
    drawInTurn(owner, takeUp)
    return () => {
      stop()
      drawNoMore(owner)
    }
  }, [])
  return range
}

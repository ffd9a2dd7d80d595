// The keys of every list: arrows and j/k walk, Home and End jump, Enter opens.

import type { KeyboardEvent } from 'react'

export interface ListMoves {
  readonly selected: number
  readonly count: number
  readonly choose: (index: number) => void
  readonly open: ((index: number) => void) | undefined
}

export function onListKey(event: KeyboardEvent, { selected, count, choose, open }: ListMoves): void {
  if (
    event.nativeEvent.isComposing ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target !== event.currentTarget
  )
    return
  if (event.key === 'ArrowDown' || event.key === 'j') choose(selected + 1)
  else if (event.key === 'ArrowUp' || event.key === 'k') choose(Math.max(0, selected - 1))
  else if (event.key === 'Home') choose(0)
  else if (event.key === 'End') choose(count - 1)
  else if (event.key === 'Enter' && selected >= 0) open?.(selected)
  else return
  event.preventDefault()
}

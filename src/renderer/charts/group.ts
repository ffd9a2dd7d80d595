// What the lanes of a view share: the instant under the pointer (crosshair) and the range being dragged (brush).

import { create } from 'zustand'
import { beginBusy } from '../lib/idle.ts'
import { watchSight } from './in-sight.ts'
import { InTurn } from './in-turn.ts'

interface Hover {
  /** epoch ns under the pointer, by group; absent = none */
  readonly at: Readonly<Record<string, bigint | undefined>>
}

const useHover = create<Hover>()(() => ({ at: {} }))

export function setCrosshair(group: string, at: bigint | undefined): void {
  if (useHover.getState().at[group] !== at) useHover.setState((s) => ({ at: { ...s.at, [group]: at } }))
}

/** The instant under the pointer in any lane of the group. */
export const useCrosshair = (group: string): bigint | undefined => useHover((s) => s.at[group])
export const crosshairOf = (group: string): bigint | undefined => useHover.getState().at[group]

/** For what is painted without React: told while `element` is on screen; out of sight it has no crosshair. */
export function onCrosshair(group: string, element: Element, listener: (at: bigint | undefined) => void): () => void {
  let last = crosshairOf(group)
  let inSight = true
  const look = (): void => {
    const at = inSight ? crosshairOf(group) : undefined
    if (at === last) return
    last = at
    listener(at)
  }
  const stop = useHover.subscribe(look)
  // one place to watch for all that a picture holds
  const unwatch = watchSight(element.closest('figure') ?? element, (now) => {
    inSight = now
    look()
  })
  return () => {
    stop()
    unwatch()
  }
}

/** ms without a move after which the crosshair is at rest */
const REST_MS = 120
const turns = new InTurn((run) => requestAnimationFrame(run))
/** those who were told of a move and not yet of the rest after it */
const moving = new Set<Follower>()
let timer: ReturnType<typeof setTimeout> | undefined
let done: (() => void) | undefined

export interface Follower {
  /** the crosshair went there; undefined = there is none */
  readonly tell: (at: bigint | undefined) => void
  /** it has stayed where it was told to be */
  readonly rest: () => void
}

/** As onCrosshair, for what is dear to write: one a frame, and once more when the crosshair rests. */
export function onCrosshairInTurn(group: string, element: Element, follower: Follower): () => void {
  const stop = onCrosshair(group, element, (at) => {
    turns.add(follower, () => follower.tell(at), element.closest('figure')?.matches(':hover') ?? false)
    moving.add(follower)
    done ??= beginBusy()
    clearTimeout(timer)
    timer = setTimeout(settle, REST_MS)
  })
  return () => {
    stop()
    turns.delete(follower)
    settled(follower)
  }
}

function settle(): void {
  for (const follower of moving)
    turns.add(
      follower,
      () => {
        settled(follower)
        follower.rest()
      },
      false,
    )
}

function settled(follower: Follower): void {
  moving.delete(follower)
  if (moving.size > 0) return
  done?.()
  done = undefined
}

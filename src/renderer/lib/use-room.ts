// How much height pictures under each other may take: what the pane around them leaves, shared equally. The pane must
// not grow with what is in it.

import { type RefObject, useEffect, useState } from 'react'

/**
 * Height in px from the top of `stack` to the bottom of its `pane`, 0 before the first layout. What stands above the
 * stack in the pane may change its height at any time.
 */
export function useRoom(pane: RefObject<HTMLElement | null>, stack: RefObject<HTMLElement | null>): number {
  const [room, setRoom] = useState(0)
  // after the layout effects: the ref of a parent is not there before
  useEffect(() => {
    const [outer, inner] = [pane.current, stack.current]
    if (!outer || !inner) return
    const measure = (): void => {
      const above = inner.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop
      setRoom(Math.max(0, Math.floor(outer.clientHeight - above)))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(outer)
    if (inner.previousElementSibling) observer.observe(inner.previousElementSibling)
    measure()
    return () => observer.disconnect()
  }, [pane, stack])
  return room
}

/** The height of each of `count` pictures with `beside` px of heads and feet each: all in sight where that is legible. */
export const shareOf = (room: number, count: number, beside: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, room / Math.max(1, count) - beside)))

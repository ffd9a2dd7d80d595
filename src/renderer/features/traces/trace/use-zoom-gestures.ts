// Wheel and drag over a picture of a trace: the wheel with Ctrl zooms at the pointer, sideways or with Shift it moves, and so
// does a drag. A press that did not move is a choice.

import { type PointerEvent, type RefObject, useEffect, useRef } from 'react'
import type { Zoom } from './zoom.ts'

/** px that a hand trembles */
const TREMBLE = 3

export interface ZoomGestures {
  press(event: PointerEvent<HTMLElement>): void
  /** whether the picture is being dragged: the pointer points at nothing then */
  drag(event: PointerEvent<HTMLElement>): boolean
  /** whether it was a choice */
  release(): boolean
  cancel(): void
}

export function useZoomGestures(canvas: RefObject<HTMLCanvasElement | null>, zoom: Zoom): ZoomGestures {
  const held = useRef<{ x: number; moved: boolean; from: number; to: number }>(undefined)
  // React does not let wheel handlers prevent zooming of the page
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        const x = event.clientX - element.getBoundingClientRect().left
        zoom.scale(Math.exp(event.deltaY / 240), zoom.at(x, element.clientWidth))
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault()
        zoom.pan((event.deltaX || event.deltaY) / element.clientWidth)
      }
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [canvas, zoom])
  return {
    press(event) {
      event.currentTarget.setPointerCapture(event.pointerId)
      held.current = { x: event.clientX, moved: false, from: zoom.from, to: zoom.to }
    },
    drag(event) {
      const now = held.current
      if (!now) return false
      const dx = event.clientX - now.x
      now.moved ||= Math.abs(dx) > TREMBLE
      const by = (dx / event.currentTarget.clientWidth) * (now.to - now.from)
      if (now.moved) zoom.set(now.from - by, now.to - by)
      return true
    },
    release() {
      const was = held.current
      held.current = undefined
      return was !== undefined && !was.moved
    },
    cancel() {
      held.current = undefined
    },
  }
}

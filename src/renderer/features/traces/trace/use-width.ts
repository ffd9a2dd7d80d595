// The width of an element in CSS px, for layouts that depend on their own room rather than on the window's.

import { type RefObject, useLayoutEffect, useState } from 'react'

export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1200)
  useLayoutEffect(() => {
    const at = element.current
    if (!at) return
    const observer = new ResizeObserver(() => setWidth(at.clientWidth))
    observer.observe(at)
    setWidth(at.clientWidth)
    return () => observer.disconnect()
  }, [element])
  return width
}

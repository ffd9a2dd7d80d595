// A hand-painted view bound to its canvas element for as long as that is on screen.

import { type RefObject, useEffect, useRef, useState } from 'react'

export function useCanvas<V extends Disposable>(
  make: (canvas: HTMLCanvasElement) => V,
): { canvas: RefObject<HTMLCanvasElement | null>; view: V | undefined } {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [view, setView] = useState<V>()
  const first = useRef(make)
  useEffect(() => {
    if (!canvas.current) return
    const made = first.current(canvas.current)
    setView(made)
    return () => made[Symbol.dispose]()
  }, [])
  return { canvas, view }
}

// What the page's thread was busy with: tasks past 50 ms, and the longest of them, since a moment.

import { useEffect, useState } from 'react'

export interface Busy {
  readonly tasks: number
  readonly totalMs: number
  readonly longestMs: number
}
const IDLE: Busy = { tasks: 0, totalMs: 0, longestMs: 0 }

/** Counts from the first render on. */
export function usePageThread(): Busy {
  const [busy, setBusy] = useState(IDLE)
  useEffect(() => {
    const began = performance.now()
    const watching = new PerformanceObserver((list) => {
      const tasks = list.getEntries().filter(({ startTime }) => startTime >= began)
      setBusy((before) => ({
        tasks: before.tasks + tasks.length,
        totalMs: before.totalMs + tasks.reduce((sum, { duration }) => sum + duration, 0),
        longestMs: Math.max(before.longestMs, ...tasks.map(({ duration }) => duration)),
      }))
    })
    watching.observe({ type: 'longtask' })
    return () => watching.disconnect()
  }, [])
  return busy
}

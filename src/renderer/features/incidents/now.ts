// The wall clock, for clocks that run and for times typed relative to now.

import { useEffect, useState } from 'react'
import { type EpochNs, fromMillis } from '../../../shared/base/time.ts'

export const now = (): EpochNs => fromMillis(Date.now())

/** Moves once a second while `running`. */
export function useNow(running: boolean): EpochNs {
  const [at, setAt] = useState(now)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setAt(now()), 1000)
    return () => clearInterval(timer)
  }, [running])
  return at
}

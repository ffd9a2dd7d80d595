// `window.__idle()` under the test flag: resolves when no query, stream frame or animation is pending, so that tests
// never sleep. Whatever else is under way (a canvas frame, a debounce) says so with `beginBusy`.

import type { QueryClient } from '@tanstack/react-query'
import type { Client } from '../../shared/rpc/api.ts'

let busy = 0

/** Call the answer once when the work is done. */
export function beginBusy(): () => void {
  busy++
  let done = false
  return () => {
    if (!done) busy--
    done = true
  }
}

/** A chunk being loaded counts as work: `part(() => import(..))` of part.ts does so. */
export const busyWhile =
  <T>(load: () => Promise<T>): (() => Promise<T>) =>
  () => {
    const done = beginBusy()
    return load().finally(done)
  }

export const isTest = (): boolean =>
  window.__WATCHDECK_TEST__ === true || new URLSearchParams(location.search).has('test')

export function installIdle(client: Client, queries: QueryClient): void {
  if (!isTest()) return
  const quiet = (): boolean =>
    busy === 0 &&
    client.pending === 0 &&
    queries.isFetching() === 0 &&
    queries.isMutating() === 0 &&
    document
      .getAnimations()
      .every((a) => a.playState !== 'running' || a.effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY)
  window.__idleState = () => ({
    busy,
    calls: client.pending,
    fetching: queries.isFetching(),
    mutating: queries.isMutating(),
    visible: document.visibilityState,
  })
  window.__idle = () =>
    new Promise((resolve) => {
      let still = 0
      const look = (): void => {
        still = quiet() ? still + 1 : 0
        // three quiet frames: effects that run after a paint may start new work
        if (still >= 3) resolve()
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
}

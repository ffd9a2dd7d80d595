// Signals that follow other signals for the length of one task, without leaving listeners behind on long-lived ones.

import { cancelled } from '../../shared/base/errors.ts'

export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

/** Aborts when any of `signals` does, with its reason; disposing stops listening. */
export function linkAbort(signals: ReadonlyArray<AbortSignal | undefined>): LinkedAbort {
  const controller = new AbortController()
  const offs: Array<() => void> = []
  for (const signal of signals) {
    if (!signal) continue
    const follow = () => controller.abort(signal.reason)
    if (signal.aborted) follow()
    else {
      signal.addEventListener('abort', follow, { once: true })
      offs.push(() => signal.removeEventListener('abort', follow))
    }
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]() {
      for (const off of offs) off()
    },
  }
}

/**
 * The task's result, or a rejection as soon as the signal aborts: a handler that ignores its signal must not keep its
 * caller waiting. The reason is thrown when it is an error of ours, else `cancelled`.
 */
export function untilAborted<T>(task: Promise<T>, signal: AbortSignal, reason: () => Error = cancelled): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reason())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

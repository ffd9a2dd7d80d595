// An event as a stream: what fires while the reader is busy waits for it, newest value per key.

import type { Event } from '../../shared/base/events.ts'

/**
 * Yields every fired value until the signal aborts. A slow reader skips older values of the same key and never makes
 * the list grow past the number of keys.
 */
export async function* feed<T>(event: Event<T>, keyOf: (value: T) => string, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const waiting = new Map<string, T>()
  let wake: (() => void) | undefined
  const onAbort = () => wake?.()
  using _listening = event((value) => {
    const key = keyOf(value)
    // a newer value takes the newer place
    waiting.delete(key)
    waiting.set(key, value)
    wake?.()
  })
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      const [first] = waiting
      if (first) {
        waiting.delete(first[0])
        yield first[1]
      } else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

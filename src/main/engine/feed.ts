// An event as a stream: what fires while the reader is busy waits for it, newest value per key.

import type { Event } from '../../shared/base/events.ts'

/**
 * Yields every value fired from now on (not only from the first read on) until the signal aborts. A slow reader skips
 * older values of the same key, so the list never grows past the number of keys.
 */
export function feed<T>(
  event: Event<T>,
  keyOf: (value: T) => string,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const waiting = new Map<string, T>()
  let wake: (() => void) | undefined
  const listening = event((value) => {
    const key = keyOf(value)
    // a newer value takes the newer place
    waiting.delete(key)
    waiting.set(key, value)
    wake?.()
  })
  // also when nobody ever reads, in which case the generator's own end is never reached
  const stop = () => {
    listening[Symbol.dispose]()
    wake?.()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })

  async function* read(): AsyncGenerator<T, void, undefined> {
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
      signal.removeEventListener('abort', stop)
      listening[Symbol.dispose]()
    }
  }
  return read()
}

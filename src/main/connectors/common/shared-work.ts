// Equal questions in flight are one question: the second asker waits for the first one's answer. The work ends early only
// when nobody waits for it any more.

import { cancelled } from '../../../shared/base/errors.ts'

interface Work {
  readonly result: Promise<unknown>
  readonly abort: AbortController
  waiters: number
}

export class SharedWork {
  readonly #work = new Map<string, Work>()

  /** `run` gets a signal of its own; `joined` is called when another's work is waited for. Equal keys mean equal types. */
  async do<T>(
    key: string,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<T>,
    joined: () => void,
  ): Promise<T> {
    if (signal.aborted) throw cancelled()
    let work = this.#work.get(key)
    if (work && !work.abort.signal.aborted) joined()
    else {
      const abort = new AbortController()
      work = { abort, waiters: 0, result: run(abort.signal) }
      this.#work.set(key, work)
      const mine = work
      const done = () => {
        if (this.#work.get(key) === mine) this.#work.delete(key)
      }
      work.result.then(done, done)
    }
    const held = work
    held.waiters++
    const left = Promise.withResolvers<never>()
    const leave = () => left.reject(cancelled())
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([held.result as Promise<T>, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      if (--held.waiters === 0) held.abort.abort()
    }
  }
}

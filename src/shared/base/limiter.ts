// At most `width` tasks at once, first come first served; a waiting task leaves the queue when its signal aborts.

import { cancelled } from './errors.ts'

export class Limiter {
  #width: number
  #active = 0
  readonly #waiting: Array<{ start: () => void }> = []

  constructor(width: number) {
    this.#width = width
  }

  /** Another width: a larger one lets waiting tasks start now, a smaller one holds for those that come. */
  resize(width: number): void {
    this.#width = width
    while (this.#active < this.#width) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#active++
      next.start()
    }
  }

  get active(): number {
    return this.#active
  }

  get waiting(): number {
    return this.#waiting.length
  }

  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#active >= this.#width) await this.#enter(signal)
    else this.#active++
    try {
      return await task()
    } finally {
      const next = this.#active > this.#width ? undefined : this.#waiting.shift()
      if (next) next.start()
      else this.#active--
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled())
      const entry = {
        start: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = () => {
        const at = this.#waiting.indexOf(entry)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(cancelled())
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(entry)
    })
  }
}

// The reader's end of a stream. Written by hand instead of as a generator: leaving must end a waiting `next` at once,
// and a generator would keep `return` waiting behind it.

import { cancelled, type WatchdeckError } from '../base/errors.ts'
import type { CallOptions } from './api.ts'

export interface ClientStreamHooks {
  credit(more: number): void
  /** @param ended the engine already knows */
  left(ended: boolean): void
  counted(): void
}

export class ClientStream implements AsyncIterableIterator<unknown> {
  readonly onProgress: CallOptions['onProgress']
  readonly #hooks: ClientStreamHooks
  readonly #window: number
  readonly #signal: AbortSignal | undefined
  readonly #items: unknown[] = []
  readonly #readers: Array<{
    resolve(result: IteratorResult<unknown, undefined>): void
    reject(error: WatchdeckError): void
  }> = []
  #taken = 0
  #over = false
  #error: WatchdeckError | undefined
  readonly #onAbort = () => this.fail(cancelled(), false)

  constructor(window: number, options: CallOptions, hooks: ClientStreamHooks) {
    this.#window = window
    this.#hooks = hooks
    this.#signal = options.signal
    this.onProgress = options.onProgress
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** items that arrived and were not yet read */
  get waiting(): number {
    return this.#items.length
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift()
      this.#took()
      this.#hooks.counted()
      return Promise.resolve({ value, done: false })
    }
    if (this.#error) {
      const error = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#over) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.#items.length = 0
    this.#finish(false)
    return Promise.resolve({ value: undefined, done: true })
  }

  push(value: unknown): void {
    if (this.#over) return
    const reader = this.#readers.shift()
    if (!reader) {
      this.#items.push(value)
      return
    }
    this.#took()
    reader.resolve({ value, done: false })
  }

  end(): void {
    this.#finish(true)
  }

  /** Items that arrived before the failure are still read first, unless the reader itself gave up. */
  fail(error: WatchdeckError, ended = true): void {
    if (this.#over) return
    if (!ended) this.#items.length = 0
    const reader = this.#readers.shift()
    if (reader) reader.reject(error)
    else this.#error = error
    this.#finish(ended)
  }

  #finish(ended: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true })
    this.#hooks.left(ended)
  }

  /** Credit goes back in halves of the window: one message for many items, never an empty pipe. */
  #took(): void {
    this.#taken++
    if (this.#over || this.#taken < Math.max(1, this.#window >> 1)) return
    const more = this.#taken
    this.#taken = 0
    this.#hooks.credit(more)
  }
}

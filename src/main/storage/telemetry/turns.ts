// One holder at a time, first come first served; who no longer wants to wait leaves the queue.

import { Limiter } from '../../../shared/base/limiter.ts'

export class Turns {
  readonly #limiter = new Limiter(1)

  /** Resolves with the function that ends the turn; rejects with `cancelled` when the signal aborts first. */
  take(signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#limiter
        .run(
          () =>
            new Promise<void>((end) => {
              resolve(end)
            }),
          signal,
        )
        .catch(reject)
    })
  }
}

// What recording costs a source, read off the source's own ledger, and whether the minute's budget allows more.

import type { Load } from '../../shared/contract/sources.ts'
import type { RecordingBudget } from '../../shared/domain/recording.ts'
import type { LiveSource } from '../platform/connector.ts'

/** The name under which the ledger of a source counts this. */
export const VIEW = 'recording'
const MINUTE_NS = 60_000_000_000n

export type Spent = { -readonly [K in keyof RecordingBudget]: number }

export class Meter {
  readonly #live: LiveSource
  readonly #first: Spent
  #minute: { at: bigint; before: Spent }
  #last: Spent = { requests: 0, bytes: 0, samples: 0 }
  over = false
  #overThisMinute = false

  constructor(live: LiveSource, now: bigint) {
    this.#live = live
    this.#first = read(live)
    this.#minute = { at: now, before: this.#first }
  }

  get live(): LiveSource {
    return this.#live
  }

  /** One answer may go over: how large it is, is known when it has come. */
  allows(budget: RecordingBudget, now: bigint, more = 1): boolean {
    this.#turn(now)
    const { requests, bytes, samples } = this.#thisMinute()
    const allowed = requests + more <= budget.requests && bytes < budget.bytes && samples < budget.samples
    if (!allowed) {
      this.#overThisMinute = true
      this.over = true
    }
    return allowed
  }

  /** samples that the minute still has room for */
  room(budget: RecordingBudget): number {
    return Math.max(0, budget.samples - this.#thisMinute().samples)
  }

  /** Of the last whole minute, or of the one that runs where it is already more. */
  lastMinute(now: bigint): Spent {
    this.#turn(now)
    const running = this.#thisMinute()
    return running.requests >= this.#last.requests ? running : this.#last
  }

  total(): Spent {
    return minus(read(this.#live), this.#first)
  }

  #thisMinute(): Spent {
    return minus(read(this.#live), this.#minute.before)
  }

  #turn(now: bigint): void {
    if (now - this.#minute.at < MINUTE_NS && now >= this.#minute.at) return
    this.#last = now - this.#minute.at < 2n * MINUTE_NS ? this.#thisMinute() : { requests: 0, bytes: 0, samples: 0 }
    this.over = this.#overThisMinute
    this.#overThisMinute = false
    this.#minute = { at: now, before: read(this.#live) }
  }
}

function read(live: LiveSource): Spent {
  const load: Load | undefined = live.load().find(({ view }) => view === VIEW)
  return { requests: load?.requests ?? 0, bytes: load?.bytesOverWire ?? 0, samples: load?.samples ?? 0 }
}

const minus = (a: Spent, b: Spent): Spent => ({
  requests: a.requests - b.requests,
  bytes: a.bytes - b.bytes,
  samples: a.samples - b.samples,
})

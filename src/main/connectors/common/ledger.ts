// The load that a source was put under, per view: what an on-call looks at before blaming or trusting Watchdeck.

import type { Load } from '../../../shared/contract/sources.ts'

export type Entry = { -readonly [K in keyof Load]: Load[K] }

export class Ledger {
  readonly #views = new Map<string, Entry>()

  of(view: string): Entry {
    let entry = this.#views.get(view)
    if (!entry) {
      entry = {
        view,
        requests: 0,
        failures: 0,
        retries: 0,
        shared: 0,
        cachedSteps: 0,
        bytesOverWire: 0,
        bytesUnpacked: 0,
        samples: 0,
        busyNs: 0,
      }
      this.#views.set(view, entry)
    }
    return entry
  }

  all(): readonly Load[] {
    return [...this.#views.values()].sort((a, b) => b.requests - a.requests || (a.view < b.view ? -1 : 1))
  }
}

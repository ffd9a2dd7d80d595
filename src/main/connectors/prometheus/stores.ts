// Those that Thanos asks. One that does not answer is named in its answers for some seconds only, until Thanos asks it no
// more; from then on its list of stores alone tells that something is missing, and after five minutes not even that.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { formatRfc3339, fromMillis } from '../../../shared/base/time.ts'
import type { Asking, ServerFact } from '../../../shared/domain/live-source.ts'
import type { Fields, PromClient } from './client.ts'
import { fields, list, text } from './server.ts'

/** Thanos looks at each every five seconds. */
const KNOWN_FOR_MS = 15_000
const ERROR_TEXT = 300
/** The list is in Thanos's memory: where it takes longer, what was asked for does not wait for it. */
const PATIENCE_MS = 5000
/** One that was taken away on purpose is missed no longer than that. */
const MISSED_FOR_MS = 3_600_000
/** Open ends are the least and the greatest number of 64 bits. */
const OPEN = 9e12

export interface Store {
  readonly name: string
  readonly labels: readonly string[]
  readonly from: string
  readonly to: string
  /** why it does not answer; '' of one that does */
  readonly error: string
}

export class Stores {
  readonly #client: Pick<PromClient, 'status'>
  #last: { readonly at: number; readonly unreached: readonly string[] } | undefined
  /** names by their labels, which a store keeps when it starts anew at another address */
  readonly #seen = new Map<string, { readonly at: number; readonly name: string }>()

  readonly #patienceMs: number

  constructor(client: Pick<PromClient, 'status'>, patienceMs = PATIENCE_MS) {
    this.#client = client
    this.#patienceMs = patienceMs
  }

  /** Why answers are not whole, beside what they say themselves. Never fails for want of the list. */
  async unreached(asking: Asking): Promise<readonly string[]> {
    const last = this.#last
    if (last && performance.now() - last.at < KNOWN_FOR_MS) return last.unreached
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(this.#patienceMs)])
    try {
      const stores = storesIn(await this.#client.status('stores', { ...asking, signal }))
      const unreached = stores.flatMap(({ name, labels, error }) =>
        error === '' ? [] : [`Thanos does not reach ${[name, ...labels].join(' ')}: ${error}`],
      )
      const missed = [...unreached, ...this.#missed(stores)]
      this.#last = { at: performance.now(), unreached: missed }
      return missed
    } catch (error) {
      if (!(error instanceof WatchdeckError) || asking.signal.aborted || error.code === 'internal') throw error
      this.#last = { at: performance.now(), unreached: [] }
      return []
    }
  }

  #missed(stores: readonly Store[]): string[] {
    const now = performance.now()
    for (const { name, labels } of stores) for (const set of labels) this.#seen.set(set, { at: now, name })
    for (const [set, { at }] of this.#seen) if (now - at > MISSED_FOR_MS) this.#seen.delete(set)
    // labels of one that is still asked come and go with its blocks and tenants
    const asked = new Set(stores.map(({ name }) => name))
    return [...this.#seen].flatMap(([set, { at, name }]) =>
      at === now || asked.has(name)
        ? []
        : [`Thanos has given up ${name}, and asks nothing else with the labels ${set}.`],
    )
  }
}

/** By what they are: sidecar, rule, store, receive. */
const storesIn = (byComponent: Fields): Store[] =>
  Object.entries(byComponent).flatMap(([component, stores]) =>
    list(stores)
      .map(fields)
      .map((store) => ({
        name: `${component} ${text(store['name'])}`,
        labels: list(store['labelSets']).map((set) => JSON.stringify(set)),
        from: timeIn(store['minTime']),
        to: timeIn(store['maxTime']),
        error: text(store['lastError']).slice(0, ERROR_TEXT),
      })),
  )

const timeIn = (value: unknown): string =>
  typeof value === 'number' && Math.abs(value) < OPEN ? formatRfc3339(fromMillis(value)) : ''

export const factsOfStores = (byComponent: Fields): Array<Omit<ServerFact, 'part'>> =>
  storesIn(byComponent).map(({ name, labels, from, to, error }) => ({
    name,
    value: [error, ...labels, from === '' && to === '' ? '' : `${from} .. ${to}`.trim()]
      .filter((each) => each !== '')
      .join('; '),
    worries: error !== '',
  }))

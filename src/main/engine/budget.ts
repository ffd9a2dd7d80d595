// The query budget: how many heavy reads run at once, for one session and for all, and for how long.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { Limiter } from '../../shared/base/limiter.ts'
import { linkAbort, untilAborted } from './abort.ts'

export interface BudgetLimits {
  /** heavy reads at once over all sessions */
  readonly total: number
  /** heavy reads at once in one session, so that one window cannot starve another */
  readonly perSession: number
  /** ms from asking to answering, waiting included */
  readonly timeoutMs: number
}

export const DEFAULT_BUDGET: BudgetLimits = { total: 6, perSession: 4, timeoutMs: 60_000 }

/** Reads of small tables in the catalog, which must answer while heavy ones wait. */
const LIGHT: ReadonlySet<string> = new Set(['system', 'settings', 'jobs', 'sources', 'incidents'])

export function isHeavy(method: string): boolean {
  return !LIGHT.has(method.slice(0, method.indexOf('.')))
}

export class QueryBudget {
  #limits: BudgetLimits
  readonly #all: Limiter
  readonly #sessions = new Map<string, Limiter>()

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.#limits = { ...DEFAULT_BUDGET, ...limits }
    this.#all = new Limiter(this.#limits.total)
  }

  /**
   * Runs a read when there is room. Its place is given back when it really ends, even if its caller left before.
   * @throws WatchdeckError `timeout` past the limit, `cancelled` when the signal aborts
   */
  async run<T>(session: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
    using link = linkAbort([signal])
    let timedOut = false
    const { timeoutMs } = this.#limits
    const timer = setTimeout(() => {
      timedOut = true
      link.abort()
    }, timeoutMs)
    const failure = () => (timedOut ? tooSlow(timeoutMs) : new WatchdeckError('cancelled', 'The call was cancelled.'))
    const own = this.#sessionLimiter(session)
    const task = own.run(() => this.#all.run(() => read(link.signal), link.signal), link.signal)
    try {
      return await untilAborted(task, link.signal, failure)
    } catch (error) {
      // a read that noticed the abort itself says "cancelled", whatever the reason was
      throw timedOut ? tooSlow(timeoutMs) : error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Other limits from now on; what runs already keeps its own time. */
  limit(limits: Partial<BudgetLimits>): void {
    this.#limits = { ...this.#limits, ...limits }
    this.#all.resize(this.#limits.total)
    for (const session of this.#sessions.values()) session.resize(this.#limits.perSession)
  }

  forget(session: string): void {
    this.#sessions.delete(session)
  }

  #sessionLimiter(session: string): Limiter {
    let limiter = this.#sessions.get(session)
    if (!limiter) {
      limiter = new Limiter(this.#limits.perSession)
      this.#sessions.set(session, limiter)
    }
    return limiter
  }
}

function tooSlow(timeoutMs: number): WatchdeckError {
  return new WatchdeckError('timeout', `No answer within ${timeoutMs / 1000} s.`, {
    hint: 'Ask for a shorter range, narrow the filter, or allow more time in the settings.',
  })
}

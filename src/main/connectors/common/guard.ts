// Retry, breaker, rate and pulse of one source. Reads that may be repeated are tried again with jitter; a source that
// keeps failing is left alone for a while; a source that says "wait" is waited for.

import {
  type CircuitBreakerPolicy,
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
  wrap,
} from 'cockatiel'
import { setTimeout as sleep } from 'node:timers/promises'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { Limiter } from '../../../shared/base/limiter.ts'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import type { SourceLimits } from '../../../shared/contract/source-spec.ts'
import type { Pulse } from '../../platform/connector.ts'
import type { Clock } from '../../platform/platform.ts'
import { Failure, failureOf } from './failures.ts'
import type { Entry } from './ledger.ts'

const TRIES_AFTER_FIRST = 2
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 2000
/** A longer `Retry-After` is told to the person instead of being waited for. */
const PATIENCE_MS = 5000
const FAILURES_TO_REST = 5
const FIRST_REST_MS = 2000
const LONGEST_REST_MS = 60_000

export class Guard {
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #slots: Limiter
  readonly #breaker: CircuitBreakerPolicy
  readonly #gapMs: number
  #nextAt = 0
  #state: 'unknown' | 'ok' | 'failing' = 'unknown'
  #since: bigint | undefined
  #lastOkAt: bigint | undefined
  #lastError: Pulse['lastError']
  /** ms of the process clock */
  #restsUntil = 0
  #askedToWaitUntil = 0

  constructor(limits: SourceLimits, clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
    this.#slots = new Limiter(limits.inFlight)
    this.#gapMs = 1000 / limits.perSecond
    this.#breaker = circuitBreaker(handleWhen(isOutage), {
      breaker: new ConsecutiveBreaker(FAILURES_TO_REST),
      halfOpenAfter: new DelegateBackoff(({ attempt }: { attempt: number }) => {
        const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.max(0, attempt - 1))
        this.#restsUntil = performance.now() + rest
        return rest
      }),
    })
    this.#breaker.onStateChange(() => changed())
  }

  /**
   * @param idempotent a read: may be asked again when the connection fails
   * @throws WatchdeckError
   */
  async run<T>(
    attempt: () => Promise<T>,
    options: { idempotent: boolean; signal: AbortSignal; load: Entry },
  ): Promise<T> {
    const { signal, load } = options
    const once = async (): Promise<T> =>
      await this.#slots.run(async () => {
        await this.#pace(signal)
        return await this.#attempt(attempt, signal, load)
      }, signal)
    const policy = retry(
      handleWhen((error) => options.idempotent && error instanceof Failure && error.transient),
      {
        maxAttempts: TRIES_AFTER_FIRST,
        backoff: new DelegateBackoff((context: { attempt: number; result: unknown }) => {
          load.retries++
          const asked = retryAfterOf(context.result)
          const upTo = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** context.attempt)
          return asked ?? upTo / 2 + (Math.random() * upTo) / 2
        }),
      },
    )
    try {
      return await wrap(policy, this.#breaker).execute(once, signal)
    } catch (error) {
      if (isBrokenCircuitError(error)) throw this.#resting()
      throw failureOf(error, signal).error
    }
  }

  async #attempt<T>(attempt: () => Promise<T>, signal: AbortSignal, load: Entry): Promise<T> {
    const wait = this.#askedToWaitUntil - performance.now()
    if (wait > PATIENCE_MS) throw new Failure(this.#asked(wait))
    const started = performance.now()
    load.requests++
    try {
      const answer = await attempt()
      this.#succeeded()
      return answer
    } catch (error) {
      const failure = failureOf(error, signal)
      if (signal.aborted) throw failure
      // that a path or a trace is not there is an answer: probes of features and looks by id find that out so
      if (failure.outage || failure.error.code !== 'not_found') load.failures++
      if (failure.retryAfterMs !== undefined) this.#askedToWaitUntil = performance.now() + failure.retryAfterMs
      if (failure.outage) this.#failed(failure.error)
      if (failure.transient && (failure.retryAfterMs ?? 0) > PATIENCE_MS)
        throw new Failure(failure.error, { outage: failure.outage })
      throw failure
    } finally {
      load.busyNs += Math.round((performance.now() - started) * 1e6)
    }
  }

  /** Requests leave with at least the gap between them. */
  async #pace(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + this.#gapMs
    // a burst as large as a second's worth is fine
    const wait = at - now - 1000
    if (wait > 0) await sleep(wait, undefined, { signal })
    else if (this.#nextAt < now) this.#nextAt = now
  }

  #succeeded(): void {
    const now = this.#clock.now()
    this.#lastOkAt = now
    if (this.#state === 'ok') return
    this.#state = 'ok'
    this.#since = now
    this.#changed()
  }

  #failed(error: WatchdeckError): void {
    const now = this.#clock.now()
    this.#lastError = { at: now, error }
    if (this.#state === 'failing') return
    this.#state = 'failing'
    this.#since = now
    this.#changed()
  }

  #resting(): WatchdeckError {
    const last = this.#lastError?.error
    const seconds = Math.max(1, Math.ceil((this.#restsUntil - performance.now()) / 1000))
    return new WatchdeckError(
      last?.code ?? 'unavailable',
      `The source failed ${FAILURES_TO_REST} times in a row and is left alone for ${seconds} s more. Last: ${last?.message ?? ''}`,
      { hint: last?.hint, retryable: true },
    )
  }

  #asked(waitMs: number): WatchdeckError {
    return new WatchdeckError(
      'unavailable',
      `The source asked to wait ${Math.ceil(waitMs / 1000)} s before the next query.`,
      {
        hint: 'It is protecting itself from load. Widen the step or close views that ask it.',
      },
    )
  }

  pulse(): Pulse {
    const rest = this.#restsUntil - performance.now()
    const resting = this.#state === 'failing' && rest > 0
    return {
      state: resting ? 'resting' : this.#state,
      since: this.#since,
      lastOkAt: this.#lastOkAt,
      restsUntil: resting ? this.#clock.now() + BigInt(Math.round(rest * 1e6)) : undefined,
      lastError: this.#lastError,
      inFlight: this.#slots.active,
      waiting: this.#slots.waiting,
    }
  }

  /** Since when nothing came, for answers that miss a source; undefined while it answers. */
  get silentSince(): string | undefined {
    return this.#state === 'failing' && this.#since !== undefined
      ? formatRfc3339(this.#lastOkAt ?? this.#since)
      : undefined
  }
}

const isOutage = (error: unknown): boolean => error instanceof Failure && error.outage

function retryAfterOf(result: unknown): number | undefined {
  const error: unknown = typeof result === 'object' && result !== null && 'error' in result ? result.error : undefined
  return error instanceof Failure ? error.retryAfterMs : undefined
}

// From a name and an untrusted input to a handler and back: validation, job or budget, errors for people, log.

import { type ErrorShape, isAbort, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { withRule } from '../../shared/domain/completeness.ts'
import type { DispatchContext, Progress } from '../../shared/rpc/api.ts'
import { asDiskError } from '../storage/disk-errors.ts'
import { linkAbort } from './abort.ts'
import type { CallContext, Session } from './api.ts'
import { isHeavy, type QueryBudget } from './budget.ts'
import { type JobRunner, jobTitle } from './jobs.ts'
import type { Logger } from './log.ts'
import type { Entry, Registry } from './registry.ts'
import { addSpent } from './spent.ts'

/** Slower answers leave a line in the log, in ms. */
const SLOW_MS = 1000

export class Dispatch {
  readonly #registry: Registry
  readonly #budget: QueryBudget
  readonly #jobs: JobRunner
  readonly #log: Logger
  readonly #halt = new AbortController()
  readonly #calls = new Set<Promise<unknown>>()
  #refusal: ErrorShape | undefined

  constructor(registry: Registry, budget: QueryBudget, jobs: JobRunner, log: Logger) {
    this.#registry = registry
    this.#budget = budget
    this.#jobs = jobs
    this.#log = log
  }

  /** Every failure is a WatchdeckError that may be shown. */
  call(session: Session, method: string, input: unknown, context: DispatchContext): Promise<unknown> {
    const work = this.#call(session, method, input, context)
    this.#track(work)
    return work
  }

  async #call(session: Session, method: string, input: unknown, context: DispatchContext): Promise<unknown> {
    const started = performance.now()
    let known: string | undefined
    using link = linkAbort([context.signal, this.#halt.signal])
    try {
      const entry = this.#open(method, false)
      known = entry.name
      const parsed = this.#registry.parse(entry, input)
      const callContext = this.#context(entry, session, link.signal, (p) => context.progress(p))
      const run = (signal: AbortSignal) => this.#answer(entry, parsed, { ...callContext, signal })
      if (entry.spec.kind === 'job') return await this.#job(entry, parsed, session, context, link.signal)
      if (entry.spec.kind === 'query' && isHeavy(entry.name))
        return await this.#budget.run(session.id, link.signal, run)
      return await run(link.signal)
    } catch (error) {
      throw this.#shown(error, method, session, link.signal)
    } finally {
      const tookMs = Math.round(performance.now() - started)
      if (known !== undefined) addSpent(session, known, tookMs)
      if (tookMs >= SLOW_MS) this.#log.info('slow call', { method: method.slice(0, 100), session: session.id, tookMs })
    }
  }

  async #job(
    entry: Entry,
    parsed: unknown,
    session: Session,
    context: DispatchContext,
    signal: AbortSignal,
  ): Promise<unknown> {
    const detached = context.detached === true
    const { id, result } = this.#jobs.start({
      method: entry.name,
      title: jobTitle(entry.spec.summary, parsed),
      signal: detached ? this.#halt.signal : signal,
      unkept: entry.spec.unkept,
      ...(detached ? {} : { onProgress: (p: Progress) => context.progress(p) }),
      run: (jobSignal, progress) => this.#answer(entry, parsed, this.#context(entry, session, jobSignal, progress)),
    })
    if (!detached) return await result
    this.#track(result)
    return { job: id }
  }

  async *stream(
    session: Session,
    method: string,
    input: unknown,
    context: DispatchContext,
  ): AsyncGenerator<unknown, void, undefined> {
    using link = linkAbort([context.signal, this.#halt.signal])
    try {
      const entry = this.#open(method, true)
      const parsed = this.#registry.parse(entry, input)
      const items = entry.run(
        parsed,
        this.#context(entry, session, link.signal, (p) => context.progress(p)),
      )
      for await (const item of items as AsyncIterable<unknown>) {
        this.#registry.check(entry, item)
        yield item
      }
    } catch (error) {
      throw this.#shown(error, method, session, link.signal)
    }
  }

  /** One capability asking another: validated like any call, within the budget and the job that the caller already has. */
  async inner(method: string, input: unknown, context: CallContext): Promise<unknown> {
    const entry = this.#registry.find(method)
    if (entry.spec.kind === 'stream') throw new WatchdeckError('invalid_input', `${method} is a stream.`)
    return await this.#answer(entry, this.#registry.parse(entry, input), context)
  }

  /** From now on nothing new is taken. */
  refuse(error: ErrorShape): void {
    this.#refusal = error
  }

  /** Calls and detached jobs under way. */
  get busy(): number {
    return this.#calls.size
  }

  async idle(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled([...this.#calls])
  }

  halt(): void {
    this.#jobs.stop()
    this.#halt.abort()
  }

  #open(method: string, streaming: boolean): Entry {
    if (this.#refusal) throw WatchdeckError.fromShape(this.#refusal)
    const entry = this.#registry.find(method)
    if ((entry.spec.kind === 'stream') === streaming) return entry
    throw new WatchdeckError(
      'invalid_input',
      streaming ? `${method} is no stream; call it.` : `${method} is a stream; open it.`,
    )
  }

  async #answer(entry: Entry, parsed: unknown, context: CallContext): Promise<unknown> {
    const answer: unknown = await entry.run(parsed, context)
    this.#registry.check(entry, answer)
    return withRule(answer)
  }

  #context(entry: Entry, session: Session, signal: AbortSignal, report: (progress: Progress) => void): CallContext {
    return {
      signal,
      session,
      progress: (fraction, message) => report({ fraction, message }),
      log: this.#log.with({ method: entry.name, session: session.id }),
    }
  }

  #shown(thrown: unknown, method: string, session: Session, signal: AbortSignal): WatchdeckError {
    const error = asDiskError(thrown)
    const fields = { method: method.slice(0, 100), session: session.id }
    if (error instanceof WatchdeckError) {
      if (error.code === 'internal' || error.code === 'corrupt') this.#log.error('call failed', { ...fields, error })
      else if (error.code !== 'cancelled')
        this.#log.debug('call refused', { ...fields, code: error.code, reason: error.message })
      return error
    }
    if (!isAbort(error) && !signal.aborted) this.#log.error('call failed unexpectedly', { ...fields, error })
    return WatchdeckError.fromShape(
      signal.aborted
        ? { code: 'cancelled', message: 'The call was cancelled.', retryable: false }
        : toErrorShape(error),
    )
  }

  #track(work: Promise<unknown>): void {
    const done = () => this.#calls.delete(work)
    this.#calls.add(work)
    work.then(done, done)
  }
}

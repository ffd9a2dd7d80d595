// The engine: stores, capabilities and sessions of one data folder, whichever shell it runs in.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ErrorShape } from '../../shared/base/errors.ts'
import { Emitter, type Event } from '../../shared/base/events.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { MethodInput, MethodOutput } from '../../shared/contract/index.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import type { CallOptions, Dispatcher, Transport, Unary } from '../../shared/rpc/api.ts'
import type { RpcLimits } from '../../shared/rpc/limits.ts'
import { createSessionHost } from '../../shared/rpc/server.ts'
import type { Platform } from '../platform/platform.ts'
import type { CapabilityModule, Change, EngineContext, Session } from './api.ts'
import { type BudgetLimits, QueryBudget } from './budget.ts'
import { Dispatch } from './dispatch.ts'
import { JobRunner } from './jobs.ts'
import type { Logger } from './log.ts'
import { LiveHolder } from './live.ts'
import { LiveTraces } from './live-traces.ts'
import { lockDataDir } from './lock.ts'
import { openLogFile } from './logfile.ts'
import { Registry } from './registry.ts'
import { openStores, storeLimits, type Stores } from './stores.ts'

export interface EngineOptions {
  platform: Platform
  /** all of `ALL_MODULES`, or with `subset` some */
  modules: readonly CapabilityModule[]
  /** tests: methods of capabilities that are not there answer `not_found` */
  subset?: boolean | undefined
  /** default: the catalog and the telemetry store of the platform's data folder */
  stores?: Stores | undefined
  /** fail answers that do not fit the contract; default false, true in tests and development */
  checkAnswers?: boolean | undefined
  budget?: Partial<BudgetLimits> | undefined
  rpcLimits?: Partial<RpcLimits> | undefined
  /** ms that a shutdown waits for what is under way before cancelling it; default 5000 */
  shutdownGraceMs?: number | undefined
}

export interface Engine {
  /** Serves the client at the other end of a pipe; disposing closes the pipe. `shell` names it in the log. */
  connect(transport: Transport, shell: string): Disposable
  /** What a session may ask, without a pipe. */
  dispatcher(shell: string): Dispatcher
  /** A call from this process, validated and budgeted as any other. Rejects with a WatchdeckError. */
  call<M extends Unary>(method: M, input: MethodInput<M>, options?: CallOptions): Promise<MethodOutput<M>>
  readonly changes: Event<Change>
  readonly log: Logger
  readonly sessions: number
  /** Tells others that find the data folder held where to reach this engine. */
  publishAddress(address: string): void
  /** Waits for what is under way up to the grace time, cancels the rest, closes stores, gives the folder back. */
  shutdown(): Promise<void>
}

const SHUTTING_DOWN: ErrorShape = { code: 'unavailable', message: 'The engine is shutting down.', retryable: true }
/** after cancelling, for handlers to notice */
const LAST_WAIT_MS = 2000
const STORES_WAIT_MS = 15_000

/**
 * @throws WatchdeckError `conflict` when another engine holds the data folder, and what the stores throw
 * @throws Error when a capability of the contract is missing
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { platform } = options
  const startedAt = platform.clock.now()
  const since = formatRfc3339(startedAt)
  using undo = new DisposableStack()
  const lock = undo.use(lockDataDir(platform.dataDir, { shell: platform.shell, version: platform.version, since }))
  const log = undo.use(
    openLogFile(join(platform.dataDir, 'logs'), { clock: platform.clock, onLine: platform.onLogLine }),
  )
  const stores = options.stores ?? (await openStores(platform, log))
  const shutdowns: Array<() => void | Promise<void>> = []
  const changes = new Emitter<Change>()
  const jobs = new JobRunner(stores.catalog, platform.clock, log)
  jobs.onChange((job) => changes.fire({ topic: 'jobs', ids: [job.id] }))
  const budget = new QueryBudget({ ...budgetLimits(stores.catalog.settings.get()), ...options.budget })
  let dispatch: Dispatch | undefined
  const live = new LiveHolder(stores.catalog)
  const context: EngineContext = {
    platform,
    startedAt,
    jobs,
    catalog: stores.catalog,
    telemetry: stores.telemetry,
    notices: stores.notices ?? [],
    live,
    liveTraces: new LiveTraces(stores.catalog, stores.telemetry, live, platform.clock.now, (error) =>
      log.warn('forgetting live traces failed', { error }),
    ),
    log,
    call: (method, input, callContext) => started(dispatch).inner(method, input, callContext) as Promise<never>,
    changed: (topic, ...ids) => changes.fire({ topic, ids }),
    changes: changes.event,
    async applyLimits(settings) {
      await stores.telemetry.limit(storeLimits(settings))
      budget.limit(budgetLimits(settings))
    },
    onShutdown: (dispose) => void shutdowns.push(dispose),
  }
  const disposeAll = async () => {
    for (const dispose of shutdowns.reverse().splice(0))
      try {
        await dispose()
      } catch (error) {
        log.error('closing a capability failed', { error })
      }
    // a writer that was never closed must not keep the process from ending: uncommitted rows are nobody's yet
    if (!(await within(STORES_WAIT_MS, stores.close()))) log.error('the stores did not close in time', {})
  }
  let registry: Registry
  try {
    registry = await Registry.start(options.modules, context, {
      complete: options.subset !== true,
      checkAnswers: options.checkAnswers ?? false,
    })
  } catch (error) {
    log.error('the engine could not start', { error })
    await disposeAll()
    throw error
  }
  const running = new Dispatch(registry, budget, jobs, log)
  dispatch = running
  const host = createSessionHost<string>({
    createId: () => randomBytes(16).toString('hex'),
    limits: options.rpcLimits,
    dispatcher: (_id, shell) => {
      // the id of a session resumes it: the log gets another name for it
      const session: Session = { id: randomBytes(4).toString('hex'), shell }
      log.info('session opened', { session: session.id, shell })
      return { ...dispatcherOf(running, session), closed: () => sessionClosed(session) }
    },
    onFault: (error) => log.warn('message refused', { error }),
  })
  const sessionClosed = (session: Session) => {
    budget.forget(session.id)
    log.info('session closed', { session: session.id, shell: session.shell })
  }
  const local: Session = { id: 'local', shell: platform.shell }
  log.info('engine started', { version: platform.version, shell: platform.shell, pid: process.pid })
  const held = undo.move()

  async function close(): Promise<void> {
    log.info('engine stopping', { underWay: running.busy })
    running.refuse(SHUTTING_DOWN)
    await within(options.shutdownGraceMs ?? 5000, running.idle())
    running.halt()
    await within(LAST_WAIT_MS, running.idle())
    host.close(SHUTTING_DOWN)
    await disposeAll()
    log.info('engine stopped', {})
    held.dispose()
  }
  let closing: Promise<void> | undefined

  return {
    connect: (transport, shell) => host.accept(transport, shell),
    dispatcher: (shell) => dispatcherOf(running, { id: randomBytes(4).toString('hex'), shell }),
    call: (method, input, callOptions = {}) =>
      running.call(local, method, input, {
        signal: callOptions.signal ?? new AbortController().signal,
        progress: (progress) => callOptions.onProgress?.(progress),
      }) as Promise<never>,
    changes: changes.event,
    log,
    get sessions() {
      return host.sessions
    },
    publishAddress: (address) => lock.publish(address),
    shutdown: () => (closing ??= close()),
  }
}

const budgetLimits = (settings: Settings): BudgetLimits => ({
  total: settings.queriesAtOnce,
  perSession: settings.queriesPerWindow,
  timeoutMs: settings.queryTimeoutS * 1000,
})

function dispatcherOf(dispatch: Dispatch, session: Session): Dispatcher {
  return {
    call: (method, input, context) => dispatch.call(session, method, input, context),
    stream: (method, input, context) => dispatch.stream(session, method, input, context),
  }
}

function started(dispatch: Dispatch | undefined): Dispatch {
  if (!dispatch) throw new Error('assertion failed: a capability called another before the engine had started')
  return dispatch
}

/** Whether the work ended in time. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

// Long work: told to every window, kept in the catalog, cancelled from anywhere, still listed after a crash.

import { randomBytes } from 'node:crypto'
import { cancelled, type ErrorShape, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { Emitter } from '../../shared/base/events.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { answerToJson } from '../../shared/contract/json.ts'
import type { Progress } from '../../shared/rpc/api.ts'
import type { Clock } from '../platform/platform.ts'
import type { Catalog } from '../storage/catalog/api.ts'
import { asDiskError } from '../storage/disk-errors.ts'
import { linkAbort, untilAborted } from './abort.ts'
import type { JobBoard } from './api.ts'
import type { Logger } from './log.ts'
import { redactText } from './redact.ts'

/** Told to windows at most this often per job, in ms; written to the catalog ten times less. */
const TELL_EVERY_MS = 100
const SAVE_EVERY_MS = 1000
const LISTED = 100

export interface JobTask {
  readonly method: string
  readonly title: string
  /** the caller's; a detached job has none */
  readonly signal: AbortSignal | undefined
  onProgress?(progress: Progress): void
  /** fields of the answer that only the caller gets */
  readonly unkept?: readonly string[] | undefined
  run(signal: AbortSignal, progress: (progress: Progress) => void): Promise<unknown>
}

interface Running {
  job: Job
  abort(): void
  told: number
  saved: number
  timer: ReturnType<typeof setTimeout> | undefined
}

export class JobRunner implements JobBoard {
  readonly #catalog: Catalog
  readonly #clock: Clock
  readonly #log: Logger
  readonly #running = new Map<string, Running>()
  /** as they are now, where the catalog could not be told */
  readonly #unkept = new Map<string, Job & { result?: unknown }>()
  readonly #changes = new Emitter<Job>()
  #stopping = false
  readonly onChange = this.#changes.event

  constructor(catalog: Catalog, clock: Clock, log: Logger) {
    this.#catalog = catalog
    this.#clock = clock
    this.#log = log
    catalog.jobs.interruptRunning(this.#now())
  }

  /** Starts at once; `result` rejects as the task does. */
  start(task: JobTask): { id: string; result: Promise<unknown> } {
    const id = randomBytes(8).toString('hex')
    const link = linkAbort([task.signal])
    const job: Job = {
      id,
      method: task.method,
      title: task.title,
      state: 'running',
      fraction: null,
      message: '',
      startedAt: this.#now(),
      endedAt: null,
      error: null,
    }
    const running: Running = { job, abort: () => link.abort(), told: 0, saved: 0, timer: undefined }
    this.#running.set(id, running)
    this.#catalog.jobs.save(job)
    this.#tell(running)
    const work = task.run(link.signal, (progress) => {
      task.onProgress?.(progress)
      this.#progress(running, progress)
    })
    const result = untilAborted(work, link.signal)
      .then(
        (value) => {
          this.#end(running, { state: 'done', fraction: 1, error: null }, kept(answerToJson(value), task.unkept))
          return value
        },
        (error: unknown) => {
          this.#failed(running, error, link.signal)
          throw error
        },
      )
      .finally(() => link[Symbol.dispose]())
    // a detached job has nobody to hear it: its failure is in the job itself
    result.catch(() => undefined)
    return { id, result }
  }

  list(): Job[] {
    return this.#catalog.jobs.list(LISTED).map((job) => {
      const newer = this.#running.get(job.id)?.job ?? this.#unkept.get(job.id)
      return newer === undefined ? job : withoutResult(newer)
    })
  }

  get(id: string): (Job & { result: unknown }) | undefined {
    const kept = this.#catalog.jobs.get(id)
    const running = this.#running.get(id)
    const newer = running?.job ?? this.#unkept.get(id)
    return kept && newer ? { ...kept, ...newer } : kept
  }

  cancel(id: string): void {
    const running = this.#running.get(id)
    if (running) return running.abort()
    if (!this.#catalog.jobs.get(id)) throw new WatchdeckError('not_found', `There is no job ${JSON.stringify(id)}.`)
    throw new WatchdeckError('conflict', 'The job has already ended.')
  }

  clear(): void {
    this.#catalog.jobs.clearEnded()
  }

  /** What ends from now on was cut off by the engine, not by a person. */
  stop(): void {
    this.#stopping = true
    for (const running of this.#running.values()) running.abort()
  }

  #progress(running: Running, progress: Progress): void {
    if (running.job.state !== 'running') return
    const fraction = progress.fraction === null ? null : Math.min(1, Math.max(0, progress.fraction))
    running.job = { ...running.job, fraction, message: progress.message }
    const wait = running.told + TELL_EVERY_MS - performance.now()
    if (wait <= 0) this.#tell(running)
    else running.timer ??= setTimeout(() => this.#tell(running), wait)
  }

  #tell(running: Running): void {
    clearTimeout(running.timer)
    running.timer = undefined
    running.told = performance.now()
    if (running.told - running.saved >= SAVE_EVERY_MS) {
      running.saved = running.told
      this.#keep(running.job)
    }
    this.#changes.fire(running.job)
  }

  #failed(running: Running, error: unknown, signal: AbortSignal): void {
    const shape: ErrorShape = toErrorShape(signal.aborted ? cancelled() : asDiskError(error))
    if (shape.code === 'cancelled') {
      this.#end(running, { state: this.#stopping ? 'interrupted' : 'cancelled', error: null })
      return
    }
    const { code, message, hint } = shape
    this.#log.warn('job failed', { job: running.job.id, method: running.job.method, error })
    this.#end(running, { state: 'failed', error: hint === undefined ? { code, message } : { code, message, hint } })
  }

  #end(running: Running, fields: Partial<Job>, result?: unknown): void {
    clearTimeout(running.timer)
    running.timer = undefined
    running.job = { ...running.job, ...fields, endedAt: this.#now() }
    this.#running.delete(running.job.id)
    this.#keep(result === undefined ? running.job : { ...running.job, result })
    this.#changes.fire(running.job)
  }

  /** The list of jobs is told, not owed: work that is done stays done when its line cannot be written (a full disk). */
  #keep(job: Job & { result?: unknown }): void {
    this.#unkept.set(job.id, job)
    try {
      for (const [id, unkept] of this.#unkept) {
        this.#catalog.jobs.save(unkept)
        this.#unkept.delete(id)
      }
    } catch (error) {
      this.#log.warn('a job could not be kept in the catalog', { job: job.id, error })
    }
  }

  #now(): string {
    return formatRfc3339(this.#clock.now())
  }
}

/** What the catalog keeps of an answer: a row that could not be read is shown by an example, which may hold a password. */
function kept(whole: unknown, unkept: readonly string[] = []): unknown {
  const answer =
    unkept.length > 0 && typeof whole === 'object' && whole !== null
      ? Object.fromEntries(Object.entries(whole).filter(([field]) => !unkept.includes(field)))
      : whole
  const text = JSON.stringify(answer)
  if (text === undefined || !text.includes('"example"')) return answer
  return JSON.parse(text, (key, value: unknown) =>
    key === 'example' && typeof value === 'string' ? redactText(value) : value,
  )
}

function withoutResult({ result: _, ...job }: Job & { result?: unknown }): Job {
  return job
}

/** A title for people: what the method does, and to which file or thing. */
export function jobTitle(summary: string, input: unknown): string {
  if (typeof input !== 'object' || input === null) return summary
  const { paths, path, source } = input as Readonly<Record<string, unknown>>
  const names = (Array.isArray(paths) ? paths : [path ?? source]).filter((p) => typeof p === 'string')
  const [first] = names
  if (first === undefined) return summary
  const base =
    first
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? first
  return `${summary}: ${base}${names.length > 1 ? ` (+${names.length - 1})` : ''}`
}

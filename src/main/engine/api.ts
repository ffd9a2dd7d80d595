// What a capability sees of the engine, and what it hands over. Capabilities meet through `call`, never by import.

import type { ErrorShape } from '../../shared/base/errors.ts'
import type { EpochNs } from '../../shared/base/time.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import type { Event } from '../../shared/base/events.ts'
import type { z } from 'zod'
import type { CapabilityName, Contract, MethodInput, MethodName, MethodOutput } from '../../shared/contract/index.ts'
import type { MethodSpec, OutputOf } from '../../shared/contract/define.ts'
import type { CHANGE_TOPICS } from '../../shared/contract/system.ts'
import type { Catalog } from '../storage/catalog/api.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import type { Platform } from '../platform/platform.ts'
import type { LiveHolder } from './live.ts'
import type { LiveTraces } from './live-traces.ts'
import type { Logger } from './log.ts'
import type { StoreNotice } from './stores.ts'

export type Session = { readonly id: string; readonly shell: string }

/** What every handler is given beside its validated input. */
export interface CallContext {
  /** aborts when the caller cancels, leaves, or the engine shuts down */
  readonly signal: AbortSignal
  readonly session: Session
  /** fraction 0..1 or null while unknown; a short English sentence about what is being done now */
  progress(fraction: number | null, message: string): void
  readonly log: Logger
}

export type Handler<M extends MethodSpec> = M['kind'] extends 'stream'
  ? (input: z.output<M['input']>, context: CallContext) => AsyncIterable<OutputOf<M>>
  : (input: z.output<M['input']>, context: CallContext) => Promise<OutputOf<M>>

/** One handler for each method of a capability. */
export type Handlers<C extends CapabilityName> = {
  readonly [N in keyof Contract[C]]: Contract[C][N] extends MethodSpec ? Handler<Contract[C][N]> : never
}

export type ChangeTopic = (typeof CHANGE_TOPICS)[number]
export interface Change {
  readonly topic: ChangeTopic
  readonly ids: readonly string[]
}

/** The jobs of this engine, those of earlier runs included. */
export interface JobBoard {
  /** running ones and the newest ended ones, newest first */
  list(): Job[]
  get(id: string): (Job & { result: unknown }) | undefined
  /** @throws WatchdeckError `not_found`, or `conflict` when it has ended */
  cancel(id: string): void
  clear(): void
  readonly onChange: Event<Job>
}

export interface EngineContext {
  readonly platform: Platform
  readonly startedAt: EpochNs
  readonly jobs: JobBoard
  readonly catalog: Catalog
  readonly telemetry: TelemetryStore
  /** what was mended when the stores were opened */
  readonly notices: readonly StoreNotice[]
  /** live backends, beside the stores */
  readonly live: LiveHolder
  /** their traces, for questions in SQL over both */
  readonly liveTraces: LiveTraces
  readonly log: Logger
  /** runs another capability's method in this process, validated like any call; the caller's signal is passed on */
  call<M extends MethodName>(method: M, input: MethodInput<M>, context: CallContext): Promise<MethodOutput<M>>
  /** tells every window and client that something in the catalog changed */
  changed(topic: ChangeTopic, ...ids: string[]): void
  readonly changes: Event<Change>
  /**
   * Makes these settings' limits hold from now on: the memory and threads of the store, the query budget.
   * @throws WatchdeckError `conflict` when what runs needs more memory than that
   */
  applyLimits(settings: Settings): Promise<void>
  /** runs when the engine shuts down, last registered first */
  onShutdown(dispose: () => void | Promise<void>): void
}

/** A capability as the composition roots list it: `{ name: 'traces', start: (engine) => handlers }`. */
export interface CapabilityModule<C extends CapabilityName = CapabilityName> {
  readonly name: C
  start(engine: EngineContext): Handlers<C> | Promise<Handlers<C>>
}

export type CallFailure = { readonly error: ErrorShape }

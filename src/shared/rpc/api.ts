// The faces of the rpc layer: what a caller holds, what answers, and the pipe between them.

import type { ErrorShape } from '../base/errors.ts'
import type { Event } from '../base/events.ts'
import type { MethodInput, MethodName, MethodOutput, MethodsOfKind } from '../contract/index.ts'

export type Unary = Exclude<MethodName, MethodsOfKind<'stream'>>
export type Streaming = MethodsOfKind<'stream'>

export interface Progress {
  /** 0..1, null while unknown */
  readonly fraction: number | null
  readonly message: string
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'closed'

/** What the page, the CLI and the tests hold. Every failure is a WatchdeckError. */
export interface Client extends Disposable {
  call<M extends Unary>(method: M, input: MethodInput<M>, options?: CallOptions): Promise<MethodOutput<M>>
  /** Ends when the reader leaves the loop, the signal aborts or the engine ends it. */
  stream<M extends Streaming>(method: M, input: MethodInput<M>, options?: CallOptions): AsyncIterable<MethodOutput<M>>
  /** Starts a job and answers with its id at once; it goes on when this client leaves. Follow it by jobs.watch, jobs.get. */
  start<M extends MethodsOfKind<'job'>>(method: M, input: MethodInput<M>): Promise<{ job: string }>
  readonly state: ConnectionState
  readonly onState: Event<ConnectionState>
  /** calls and stream frames under way; 0 = idle */
  readonly pending: number
  readonly onPending: Event<number>
}

/** What the engine offers a session: names and inputs are untrusted, answers are plain values and frames. */
export interface Dispatcher {
  call(method: string, input: unknown, context: DispatchContext): Promise<unknown>
  stream(method: string, input: unknown, context: DispatchContext): AsyncIterable<unknown>
}

export interface DispatchContext {
  readonly signal: AbortSignal
  /** true: start the job and answer with `{ job: id }` without waiting for it */
  readonly detached?: boolean | undefined
  progress(progress: Progress): void
}

/** A pipe that keeps messages whole and in order. `send` after `close` is ignored. */
export interface Transport {
  send(message: Uint8Array): void
  /** bytes accepted but not yet handed to the other side, where the transport knows; else 0 */
  readonly bufferedBytes: number
  onMessage: Event<Uint8Array>
  onClose: Event<ErrorShape | undefined>
  close(): void
}

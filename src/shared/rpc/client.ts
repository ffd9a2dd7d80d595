// The caller's end: typed calls and streams over one session, which survives short breaks of its pipe.

import { cancelled, WatchdeckError } from '../base/errors.ts'
import { Emitter } from '../base/events.ts'
import type { CallOptions, Client, ConnectionState, Transport } from './api.ts'
import { decodeValue, encodeValue } from './codec.ts'
import { ClientStream } from './clientstream.ts'
import { type Connection, connectLoop } from './connection.ts'
import { CLIENT_LIMITS, type RpcLimits, SERVER_LIMITS } from './limits.ts'
import { Link } from './link.ts'
import { errorFromWire, isId, MESSAGE } from './messages.ts'
import { PACKET_HEADER } from './packet.ts'

export interface ClientOptions {
  /** a new pipe; asked again after a break when `reconnect` is set */
  connect(): Transport | Promise<Transport>
  /** default false: the client is closed when its pipe is */
  reconnect?: boolean | undefined
  limits?: Partial<RpcLimits> | undefined
  /** the engine refused a message of ours: a bug here or there */
  onFault?: ((error: WatchdeckError) => void) | undefined
}

interface PendingCall {
  resolve(value: unknown): void
  reject(error: WatchdeckError): void
  readonly onProgress: CallOptions['onProgress']
}

/** What a question may be; the engine's limits say the same. */
const QUESTION_LIMITS: RpcLimits = SERVER_LIMITS

class RpcClient {
  readonly #limits: RpcLimits
  readonly #calls = new Map<number, PendingCall>()
  readonly #streams = new Map<number, ClientStream>()
  readonly #state = new Emitter<ConnectionState>()
  readonly #pendingChanged = new Emitter<number>()
  readonly #connection: Connection
  readonly #onFault: ClientOptions['onFault']
  #link: Link
  #nextId = 1
  #lastPending = 0
  #gone: WatchdeckError | undefined
  state: ConnectionState = 'connecting'
  readonly onState = this.#state.event
  readonly onPending = this.#pendingChanged.event

  constructor(options: ClientOptions) {
    this.#limits = { ...CLIENT_LIMITS, ...options.limits }
    this.#onFault = options.onFault
    this.#link = this.#newLink()
    this.#connection = connectLoop({
      connect: () => options.connect(),
      reconnect: options.reconnect ?? false,
      limits: this.#limits,
      link: () => this.#link,
      onState: (state, error) => this.#setState(state, error),
      onLost: (error) => this.#lose(error),
      onFault: (error) => this.#onFault?.(error),
    })
  }

  get pending(): number {
    let count = this.#calls.size
    for (const stream of this.#streams.values()) count += stream.waiting
    return count
  }

  call(method: string, input: unknown, options: CallOptions = {}, detached = false): Promise<unknown> {
    const { signal } = options
    if (signal?.aborted) return Promise.reject(cancelled())
    if (this.#gone) return Promise.reject(this.#gone)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const message = [MESSAGE.call, id, method, input]
      if (detached) message.push(true)
      this.#send(message)
      const onAbort = () => {
        if (!this.#calls.delete(id)) return
        this.#tell([MESSAGE.cancel, id])
        this.#count()
        reject(cancelled())
      }
      const done = () => signal?.removeEventListener('abort', onAbort)
      this.#calls.set(id, {
        resolve: (value) => {
          done()
          resolve(value)
        },
        reject: (error) => {
          done()
          reject(error)
        },
        onProgress: options.onProgress,
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#count()
    })
  }

  stream(method: string, input: unknown, options: CallOptions = {}): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#openStream(method, input, options) }
  }

  #openStream(method: string, input: unknown, options: CallOptions): ClientStream {
    const id = this.#nextId++
    const stream = new ClientStream(this.#limits.window, options, {
      credit: (more) => this.#tell([MESSAGE.credit, id, more]),
      left: (ended) => {
        this.#streams.delete(id)
        if (!ended) this.#tell([MESSAGE.cancel, id])
        this.#count()
      },
      counted: () => this.#count(),
    })
    if (this.#gone) stream.fail(this.#gone)
    else if (options.signal?.aborted) stream.fail(cancelled())
    else {
      this.#streams.set(id, stream)
      try {
        this.#send([MESSAGE.open, id, method, input, this.#limits.window])
      } catch (error) {
        stream.fail(error instanceof WatchdeckError ? error : cannotTravel(error))
      }
    }
    return stream
  }

  dispose(): void {
    if (this.state === 'closed') return
    this.#connection.close()
    this.#setState('closed', undefined)
  }

  #newLink(): Link {
    return new Link(this.#limits, {
      message: (bytes) => this.#receive(bytes),
      refused: (error) => this.#onFault?.(error),
    })
  }

  /** @throws WatchdeckError when the input cannot be sent */
  #send(message: readonly unknown[]): void {
    let bytes: Uint8Array
    try {
      bytes = encodeValue(message, QUESTION_LIMITS, PACKET_HEADER)
    } catch (error) {
      throw error instanceof WatchdeckError ? error : cannotTravel(error)
    }
    this.#link.send(bytes)
  }

  #tell(message: readonly unknown[]): void {
    if (!this.#gone) this.#link.send(encodeValue(message, QUESTION_LIMITS, PACKET_HEADER))
  }

  #receive(bytes: Uint8Array): void {
    let message: unknown
    try {
      message = decodeValue(bytes, this.#limits)
    } catch (error) {
      // which call it answered is unknown, so the session cannot be trusted to answer all of them
      return this.#connection.reset(error instanceof WatchdeckError ? error : cannotTravel(error))
    }
    if (!Array.isArray(message) || !isId(message[1])) return
    const [kind, id, value, text]: unknown[] = message
    const call = this.#calls.get(id as number)
    const stream = this.#streams.get(id as number)
    switch (kind) {
      case MESSAGE.answer:
        this.#calls.delete(id as number)
        call?.resolve(value)
        break
      case MESSAGE.fail:
        this.#calls.delete(id as number)
        call?.reject(errorFromWire(value))
        stream?.fail(errorFromWire(value))
        break
      case MESSAGE.progress: {
        const fraction = typeof value === 'number' ? value : null
        const report = call?.onProgress ?? stream?.onProgress
        report?.({ fraction, message: typeof text === 'string' ? text : '' })
        break
      }
      case MESSAGE.item:
        stream?.push(value)
        break
      case MESSAGE.end:
        stream?.end()
        break
      default:
        this.#onFault?.(new WatchdeckError('unsupported', 'The engine sent a message of an unknown kind.'))
    }
    this.#count()
  }

  /** The session is over: what was under way has failed, and a new session starts from nothing. */
  #lose(error: WatchdeckError): void {
    this.#link.close()
    const calls = [...this.#calls.values()]
    const streams = [...this.#streams.values()]
    this.#calls.clear()
    this.#streams.clear()
    this.#link = this.#newLink()
    for (const call of calls) call.reject(error)
    for (const stream of streams) stream.fail(error)
    this.#count()
  }

  #setState(state: ConnectionState, error: WatchdeckError | undefined): void {
    if (this.state === 'closed') return
    this.#gone = undefined
    if (state === 'closed' || error) this.#gone = error ?? closedByUs()
    if (this.#gone) this.#lose(this.#gone)
    if (state === this.state) return
    this.state = state
    this.#state.fire(state)
  }

  #count(): void {
    const now = this.pending
    if (now === this.#lastPending) return
    this.#lastPending = now
    this.#pendingChanged.fire(now)
  }
}

function closedByUs(): WatchdeckError {
  return new WatchdeckError('unavailable', 'The connection to the engine is closed.')
}

function cannotTravel(cause: unknown): WatchdeckError {
  return new WatchdeckError('invalid_input', 'The input holds something that cannot be sent.', { cause })
}

/** For callers that know a method only by its name: the command line, tests. The engine validates either way. */
export interface UntypedClient extends Omit<Client, 'call' | 'stream' | 'start'> {
  call(method: string, input: unknown, options?: CallOptions): Promise<unknown>
  stream(method: string, input: unknown, options?: CallOptions): AsyncIterable<unknown>
  start(method: string, input: unknown): Promise<unknown>
}

export function createUntypedClient(options: ClientOptions): UntypedClient {
  const client = new RpcClient(options)
  return {
    call: (method, input, callOptions) => client.call(method, input, callOptions),
    stream: (method, input, callOptions) => client.stream(method, input, callOptions),
    start: (method, input) => client.call(method, input, {}, true),
    get state() {
      return client.state
    },
    onState: client.onState,
    get pending() {
      return client.pending
    },
    onPending: client.onPending,
    [Symbol.dispose]: () => client.dispose(),
  }
}

/**
 * A client over `connect`. Calls made before the pipe is open wait for it. Every failure is a WatchdeckError.
 * Shapes of the contract are taken on trust here: the engine validates what it gets and checks what it answers, and the
 * page must not carry zod for either.
 */
export function createClient(options: ClientOptions): Client {
  return createUntypedClient(options) as Client
}

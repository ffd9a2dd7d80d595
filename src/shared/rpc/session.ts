// One session on the engine's side: the calls and streams of one client, independent of the pipe they came over.

import { type ErrorShape, isAbort, toErrorShape, WatchdeckError } from '../base/errors.ts'
import type { Dispatcher, Progress } from './api.ts'
import { decodeValue, encodeValue } from './codec.ts'
import type { RpcLimits } from './limits.ts'
import { Link } from './link.ts'
import { isId, MESSAGE } from './messages.ts'
import { PACKET, PACKET_HEADER } from './packet.ts'

/** Reports of progress travel at most this often per call, in ms. */
const PROGRESS_EVERY_MS = 50

interface OpenStream {
  readonly abort: AbortController
  credit: number
  wake: (() => void) | undefined
}

export interface SessionHooks {
  /** a message was refused with this code */
  onFault(error: WatchdeckError): void
  /** too many refusals: the session must end */
  onHostile(error: WatchdeckError): void
}

export class ServerSession {
  readonly id: string
  readonly link: Link
  readonly #dispatcher: Dispatcher
  readonly #limits: RpcLimits
  readonly #hooks: SessionHooks
  readonly #calls = new Map<number, AbortController>()
  readonly #streams = new Map<number, OpenStream>()
  #faults = 0
  #closed = false

  constructor(id: string, dispatcher: Dispatcher, limits: RpcLimits, hooks: SessionHooks) {
    this.id = id
    this.#dispatcher = dispatcher
    this.#limits = limits
    this.#hooks = hooks
    this.link = new Link(limits, {
      message: (bytes) => this.#receive(bytes),
      refused: (error) => this.fault(error),
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Everything under way is told to stop; nothing is sent any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const abort of this.#calls.values()) abort.abort()
    for (const stream of this.#streams.values()) {
      stream.abort.abort()
      stream.wake?.()
    }
    this.link.close()
  }

  /** Refuses a message without ending the session, unless it happens again and again. */
  fault(error: WatchdeckError): void {
    this.#hooks.onFault(error)
    this.link.control(PACKET.fault, { error: error.toShape() })
    if (++this.#faults >= this.#limits.faults)
      this.#hooks.onHostile(
        new WatchdeckError('limit_exceeded', 'The session was closed: too many of its messages were refused.'),
      )
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return
    let message: unknown
    try {
      message = decodeValue(bytes, this.#limits)
    } catch (error) {
      return this.fault(
        error instanceof WatchdeckError ? error : new WatchdeckError('corrupt', 'A message is malformed.'),
      )
    }
    if (!Array.isArray(message)) return this.fault(new WatchdeckError('corrupt', 'A message is malformed: no list.'))
    const [kind, id, third, input, fifth]: unknown[] = message
    if (!isId(id)) return this.fault(new WatchdeckError('invalid_input', 'A message has no usable call id.'))
    switch (kind) {
      case MESSAGE.call:
      case MESSAGE.open:
        if (typeof third !== 'string')
          return this.#fail(id, new WatchdeckError('invalid_input', 'The name of a method must be text.').toShape())
        if (this.#calls.has(id) || this.#streams.has(id))
          return this.fault(new WatchdeckError('invalid_input', 'A call id is used twice.'))
        if (kind === MESSAGE.call) void this.#call(id, third, input, fifth === true)
        else void this.#stream(id, third, input, fifth)
        return
      case MESSAGE.cancel:
        this.#calls.get(id)?.abort()
        return this.#leave(id)
      case MESSAGE.credit:
        return this.#credit(id, third)
      default:
        return this.fault(new WatchdeckError('unsupported', 'A message is of an unknown kind.'))
    }
  }

  async #call(id: number, method: string, input: unknown, detached: boolean): Promise<void> {
    if (this.#calls.size >= this.#limits.calls) return this.#fail(id, tooMany(`${this.#limits.calls} calls`))
    const abort = new AbortController()
    this.#calls.set(id, abort)
    const progress = new ProgressGate((p) => this.#send([MESSAGE.progress, id, p.fraction, p.message]))
    try {
      const context = { signal: abort.signal, detached, progress: (p: Progress) => progress.report(p) }
      const value = await this.#dispatcher.call(method, input, context)
      progress.flush()
      await this.link.ready()
      this.#send([MESSAGE.answer, id, value])
    } catch (error) {
      progress.flush()
      this.#report(error)
      this.#fail(id, toErrorShape(error))
    } finally {
      progress.close()
      this.#calls.delete(id)
    }
  }

  async #stream(id: number, method: string, input: unknown, wanted: unknown): Promise<void> {
    if (this.#streams.size >= this.#limits.streams) return this.#fail(id, tooMany(`${this.#limits.streams} streams`))
    const abort = new AbortController()
    const stream: OpenStream = { abort, credit: 0, wake: undefined }
    this.#streams.set(id, stream)
    this.#grant(stream, wanted)
    const progress = new ProgressGate((p) => this.#send([MESSAGE.progress, id, p.fraction, p.message]))
    let iterator: AsyncIterator<unknown> | undefined
    const left = new Promise<undefined>((resolve) =>
      abort.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    )
    try {
      const context = { signal: abort.signal, progress: (p: Progress) => progress.report(p) }
      iterator = this.#dispatcher.stream(method, input, context)[Symbol.asyncIterator]()
      for (;;) {
        while (stream.credit === 0 && !abort.signal.aborted)
          await new Promise<void>((resolve) => {
            stream.wake = resolve
          })
        await Promise.race([this.link.ready(), left])
        if (abort.signal.aborted) break
        // a producer that ignores its signal must not keep the stream's place
        const next = await Promise.race([iterator.next(), left])
        if (next === undefined || abort.signal.aborted) break
        progress.flush()
        if (next.done === true) {
          iterator = undefined
          this.#send([MESSAGE.end, id])
          break
        }
        stream.credit--
        this.#send([MESSAGE.item, id, next.value])
      }
    } catch (error) {
      this.#report(error)
      if (!abort.signal.aborted) this.#fail(id, toErrorShape(error))
    } finally {
      progress.close()
      if (this.#streams.get(id) === stream) this.#streams.delete(id)
      abort.abort()
      // not awaited: it may hang behind the pending next(); what it throws has no reader left
      iterator?.return?.().catch((error: unknown) => this.#hooks.onFault(lateFailure(error)))
    }
  }

  /** The place is free at once: the next stream may already be in the same packet of the network. */
  #leave(id: number): void {
    const stream = this.#streams.get(id)
    if (!stream) return
    this.#streams.delete(id)
    stream.abort.abort()
    stream.wake?.()
  }

  #credit(id: number, more: unknown): void {
    const stream = this.#streams.get(id)
    // credit for a stream that just ended crosses its end on the way
    if (!stream) return
    this.#grant(stream, more)
    const wake = stream.wake
    stream.wake = undefined
    wake?.()
  }

  #grant(stream: OpenStream, wanted: unknown): void {
    const more = typeof wanted === 'number' && Number.isInteger(wanted) && wanted > 0 ? wanted : 1
    let others = 0
    for (const other of this.#streams.values()) if (other !== stream) others += other.credit
    const room = Math.max(1, Math.min(this.#limits.window, this.#limits.totalCredit - others))
    stream.credit = Math.min(stream.credit + more, room)
  }

  /** An error that is none of ours crosses as `internal` only; what it was goes to the log. */
  #report(error: unknown): void {
    if (error instanceof WatchdeckError || isAbort(error)) return
    this.#hooks.onFault(new WatchdeckError('internal', 'A call failed unexpectedly.', { cause: error }))
  }

  #fail(id: number, error: ErrorShape): void {
    this.#send([MESSAGE.fail, id, error])
  }

  /** @throws WatchdeckError `limit_exceeded` when the value is past what a message may be */
  #send(message: readonly unknown[]): void {
    if (this.#closed) return
    this.link.send(encodeValue(message, ANSWER_LIMITS, PACKET_HEADER))
  }
}

/** What an answer may be; the client's own limits say the same. */
const ANSWER_LIMITS = { messageBytes: 256 * 2 ** 20, headerBytes: 64 * 2 ** 20, depth: 64, buffers: 65_536 }

function tooMany(what: string): ErrorShape {
  return new WatchdeckError('limit_exceeded', `Too much at once: this session already has ${what} under way.`, {
    retryable: true,
    hint: 'Wait for some of them to end, or cancel them.',
  }).toShape()
}

function lateFailure(error: unknown): WatchdeckError {
  return error instanceof WatchdeckError
    ? error
    : new WatchdeckError('internal', 'A stream failed after its reader had left.', { cause: error })
}

/** Lets the first report through and then the newest one per interval, so that a busy loop may report freely. */
class ProgressGate {
  readonly #send: (progress: Progress) => void
  #held: Progress | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(send: (progress: Progress) => void) {
    this.#send = send
  }

  report(progress: Progress): void {
    if (this.#closed) return
    if (this.#timer !== undefined) {
      this.#held = progress
      return
    }
    this.#send(progress)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const held = this.#held
      this.#held = undefined
      if (held) this.report(held)
    }, PROGRESS_EVERY_MS)
  }

  flush(): void {
    const held = this.#held
    this.#held = undefined
    if (held && !this.#closed) this.#send(held)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }
}

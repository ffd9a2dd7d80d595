// The engine's end of pipes: handshakes, sessions that outlive a broken pipe, heartbeats, goodbyes.

import { disposable } from '../base/disposable.ts'
import { type ErrorShape, WatchdeckError } from '../base/errors.ts'
import type { Dispatcher, Transport } from './api.ts'
import { decodeValue } from './codec.ts'
import { type RpcLimits, SERVER_LIMITS } from './limits.ts'
import { sendControl } from './link.ts'
import { PACKET, type Packet, readPacket } from './packet.ts'
import { ServerSession } from './session.ts'

export interface SessionDispatcher extends Dispatcher {
  /** the session is over: its client left, or did not come back in time */
  closed?(): void
}

export interface SessionHostOptions<Meta> {
  /** a dispatcher for a new session; `meta` is what `accept` was given */
  dispatcher(sessionId: string, meta: Meta): SessionDispatcher
  /** unguessable: whoever knows it can resume the session */
  createId(): string
  limits?: Partial<RpcLimits> | undefined
  /** refusals and late failures, for the log */
  onFault?: ((error: WatchdeckError, sessionId: string | undefined) => void) | undefined
}

interface Seat<Meta> {
  readonly session: ServerSession
  readonly dispatcher: SessionDispatcher
  readonly meta: Meta
  transport: Transport | undefined
  grace: ReturnType<typeof setTimeout> | undefined
}

export interface SessionHost<Meta> extends Disposable {
  /** Serves whoever is at the other end; disposing ends the pipe, not the session. */
  accept(transport: Transport, meta: Meta): Disposable
  readonly sessions: number
  /** Ends every session, telling the clients why. */
  close(error?: ErrorShape): void
}

export function createSessionHost<Meta>(options: SessionHostOptions<Meta>): SessionHost<Meta> {
  const limits: RpcLimits = { ...SERVER_LIMITS, ...options.limits }
  const seats = new Map<string, Seat<Meta>>()
  const pipes = new Set<Transport>()
  let closing: ErrorShape | undefined

  function end(seat: Seat<Meta>, error?: ErrorShape): void {
    if (!seats.delete(seat.session.id)) return
    clearTimeout(seat.grace)
    // taken away first: its closing must not start another grace time, which would keep the process alive
    const { transport } = seat
    seat.transport = undefined
    if (transport) {
      sendControl(transport, limits, PACKET.bye, error === undefined ? {} : { error })
      transport.close()
    }
    seat.session.close()
    seat.dispatcher.closed?.()
  }

  function open(transport: Transport, meta: Meta): Seat<Meta> {
    const id = options.createId()
    const dispatcher = options.dispatcher(id, meta)
    const seat: Seat<Meta> = {
      dispatcher,
      meta,
      transport,
      grace: undefined,
      session: new ServerSession(id, dispatcher, limits, {
        onFault: (error) => options.onFault?.(error, id),
        onHostile: (error) => end(seat, error.toShape()),
      }),
    }
    seats.set(id, seat)
    return seat
  }

  /** @throws WatchdeckError when the greeting is malformed */
  function greet(transport: Transport, packet: Packet, meta: Meta): Seat<Meta> {
    if (packet.kind !== PACKET.hello)
      throw new WatchdeckError('corrupt', 'The first packet of a pipe must be a greeting.')
    const hello = decodeValue(packet.payload, limits)
    if (typeof hello !== 'object' || hello === null) throw new WatchdeckError('corrupt', 'The greeting is malformed.')
    const wanted = Object.hasOwn(hello, 'session') && 'session' in hello ? hello.session : undefined
    const received = 'received' in hello && typeof hello.received === 'number' ? hello.received : 0
    const known = typeof wanted === 'string' ? seats.get(wanted) : undefined
    const seat = known ?? open(transport, meta)
    if (known) {
      clearTimeout(known.grace)
      known.session.link.detach()
      // the client noticed the break first
      if (known.transport !== transport) known.transport?.close()
      known.transport = transport
    }
    const welcome = {
      session: seat.session.id,
      received: seat.session.link.received,
      resumed: known !== undefined,
      graceMs: limits.graceMs,
    }
    sendControl(transport, limits, PACKET.welcome, welcome)
    seat.session.link.attach(transport, known ? received : 0)
    return seat
  }

  function accept(transport: Transport, meta: Meta): Disposable {
    if (closing) {
      sendControl(transport, limits, PACKET.bye, { error: closing })
      transport.close()
      return disposable(() => undefined)
    }
    pipes.add(transport)
    let seat: Seat<Meta> | undefined
    let heard = performance.now()
    const heartbeat = setInterval(
      () => {
        const silent = performance.now() - heard
        if (silent > limits.deadMs) {
          transport.close()
          gone()
        } else if (silent > limits.heartbeatMs) seat?.session.link.control(PACKET.ping)
      },
      Math.max(5, limits.heartbeatMs / 2),
    )

    function gone(): void {
      clearInterval(heartbeat)
      pipes.delete(transport)
      if (!seat || seat.transport !== transport) return
      const left = seat
      left.transport = undefined
      left.session.link.detach()
      if (limits.graceMs <= 0) end(left)
      else left.grace = setTimeout(() => end(left), limits.graceMs)
    }

    function refuse(error: unknown): void {
      const refusal =
        error instanceof WatchdeckError
          ? error
          : new WatchdeckError('internal', 'The session failed.', { cause: error })
      options.onFault?.(refusal, seat?.session.id)
      if (seat) end(seat, refusal.toShape())
      else {
        sendControl(transport, limits, PACKET.bye, { error: refusal.toShape() })
        transport.close()
      }
      gone()
    }

    function receive(bytes: Uint8Array): void {
      heard = performance.now()
      let packet: Packet
      try {
        packet = readPacket(bytes)
      } catch (error) {
        // bytes that are no packet harm nobody else's place in the order
        if (seat && error instanceof WatchdeckError) return seat.session.fault(error)
        return refuse(error)
      }
      try {
        if (!seat) seat = greet(transport, packet, meta)
        else if (packet.kind === PACKET.bye) return end(seat)
        else {
          if (packet.kind === PACKET.ping) seat.session.link.control(PACKET.pong)
          seat.session.link.receive(packet)
        }
      } catch (error) {
        refuse(error)
      }
    }

    const listening = transport.onMessage(receive)
    transport.onClose(gone)
    return disposable(() => {
      listening[Symbol.dispose]()
      transport.close()
      gone()
    })
  }

  function close(error?: ErrorShape): void {
    closing = error ?? { code: 'unavailable', message: 'The engine has shut down.', retryable: true }
    for (const seat of [...seats.values()]) end(seat, closing)
    for (const pipe of pipes) pipe.close()
  }

  return {
    accept,
    get sessions() {
      return seats.size
    },
    close,
    [Symbol.dispose]: () => close(),
  }
}

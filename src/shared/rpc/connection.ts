// Gets and keeps a pipe for a client: handshake, heartbeat, noticing a dead pipe, coming back with the same session.

import { isErrorCode, WatchdeckError } from '../base/errors.ts'
import type { ConnectionState, Transport } from './api.ts'
import { decodeValue } from './codec.ts'
import type { RpcLimits } from './limits.ts'
import { type Link, sendControl } from './link.ts'
import { errorFromWire } from './messages.ts'
import { PACKET, type Packet, readPacket } from './packet.ts'

export interface ConnectionOptions {
  connect(): Transport | Promise<Transport>
  reconnect: boolean
  limits: RpcLimits
  /** the link of the present session */
  link(): Link
  /** with an error while `reconnecting`: calls made now fail at once instead of waiting */
  onState(state: ConnectionState, error: WatchdeckError | undefined): void
  /** the session is lost: everything under way failed with this */
  onLost(error: WatchdeckError): void
  onFault(error: WatchdeckError): void
}

export interface Connection {
  /** The session cannot go on; a new one is begun. */
  reset(error: WatchdeckError): void
  close(): void
}

const HELLO_MS = 10_000
const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 5_000

interface Ended {
  /** the engine said goodbye: no use in resuming */
  readonly final: boolean
  readonly error: WatchdeckError
}

export function connectLoop(options: ConnectionOptions): Connection {
  const { limits } = options
  let closed = false
  let sessionId: string | undefined
  let graceMs = limits.graceMs
  let graceTimer: ReturnType<typeof setTimeout> | undefined
  let current: { transport: Transport; end: (ended: Ended) => void } | undefined
  let wakeRetry: (() => void) | undefined
  /** set while the engine has been away for longer than the grace time */
  let away: WatchdeckError | undefined

  function startGrace(): void {
    graceTimer ??= setTimeout(() => {
      sessionId = undefined
      away = unavailable('The engine cannot be reached.')
      options.onState('reconnecting', away)
    }, graceMs)
  }

  function forget(error: WatchdeckError): void {
    sessionId = undefined
    options.onLost(error)
  }

  /** Resolves when the pipe is gone. */
  function serve(transport: Transport): Promise<Ended> {
    return new Promise((resolve) => {
      let welcomed = false
      let heard = performance.now()
      const hello = setTimeout(() => end({ final: false, error: unavailable('The engine does not answer.') }), HELLO_MS)
      const heartbeat = setInterval(
        () => {
          const silent = performance.now() - heard
          if (silent > limits.deadMs) end({ final: false, error: unavailable('The engine fell silent.') })
          else if (silent > limits.heartbeatMs && welcomed) options.link().control(PACKET.ping)
        },
        Math.max(5, limits.heartbeatMs / 2),
      )
      const listening = transport.onMessage(receive)
      const closing = transport.onClose((error) =>
        end({
          final: false,
          error: error ? errorFromWire(error) : unavailable('The connection to the engine was closed.'),
        }),
      )
      current = { transport, end }

      function end(ended: Ended): void {
        if (current?.transport !== transport) return
        current = undefined
        clearTimeout(hello)
        clearInterval(heartbeat)
        listening[Symbol.dispose]()
        closing[Symbol.dispose]()
        options.link().detach()
        transport.close()
        resolve(ended)
      }

      function receive(bytes: Uint8Array): void {
        heard = performance.now()
        try {
          const packet = readPacket(bytes)
          if (packet.kind === PACKET.bye) end({ final: true, error: farewell(packet) })
          else if (packet.kind === PACKET.fault) options.onFault(farewell(packet))
          else if (!welcomed) {
            if (packet.kind !== PACKET.welcome) throw new WatchdeckError('corrupt', 'The engine did not greet.')
            welcomed = true
            clearTimeout(hello)
            welcome(packet)
          } else {
            if (packet.kind === PACKET.ping) options.link().control(PACKET.pong)
            options.link().receive(packet)
          }
        } catch (error) {
          end({ final: true, error: error instanceof WatchdeckError ? error : bug(error) })
        }
      }

      function welcome(packet: Packet): void {
        const body = decodeValue(packet.payload, limits)
        if (typeof body !== 'object' || body === null) throw new WatchdeckError('corrupt', 'The greeting is malformed.')
        const { session, received, resumed, graceMs: grace } = body as Readonly<Record<string, unknown>>
        if (typeof session !== 'string' || typeof received !== 'number')
          throw new WatchdeckError('corrupt', 'The greeting is malformed.')
        if (sessionId !== undefined && resumed !== true) forget(unavailable('The engine was restarted.'))
        sessionId = session
        if (typeof grace === 'number') graceMs = grace
        clearTimeout(graceTimer)
        graceTimer = undefined
        away = undefined
        options.link().attach(transport, received)
        options.onState('open', undefined)
      }

      function farewell(packet: Packet): WatchdeckError {
        const body = decodeValue(packet.payload, limits)
        const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
        return error === undefined ? unavailable('The engine ended the session.') : errorFromWire(error)
      }

      sendControl(transport, limits, PACKET.hello, { session: sessionId, received: options.link().received })
    })
  }

  async function run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    for (;;) {
      let ended: Ended
      try {
        if (options.reconnect) startGrace()
        const transport = await options.connect()
        if (closed) return transport.close()
        const opened = performance.now()
        ended = await serve(transport)
        if (performance.now() - opened > LAST_RETRY_MS) retryMs = FIRST_RETRY_MS
      } catch (error) {
        ended = { final: false, error: asUnavailable(error) }
      }
      if (closed) return
      if (!options.reconnect) {
        closed = true
        return options.onState('closed', ended.error)
      }
      if (ended.final) forget(ended.error)
      options.onState('reconnecting', away)
      startGrace()
      await new Promise<void>((resolve) => {
        wakeRetry = resolve
        setTimeout(resolve, retryMs * (0.5 + Math.random() / 2))
      })
      if (closed) return
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
    }
  }

  void run()

  return {
    reset: (error) => current?.end({ final: true, error }),
    close() {
      if (closed) return
      closed = true
      clearTimeout(graceTimer)
      wakeRetry?.()
      if (!current) return
      sendControl(current.transport, limits, PACKET.bye, {}, options.link().received)
      current.end({ final: true, error: unavailable('The connection to the engine is closed.') })
    },
  }
}

function unavailable(message: string): WatchdeckError {
  return new WatchdeckError('unavailable', message)
}

function bug(cause: unknown): WatchdeckError {
  return new WatchdeckError('internal', 'The connection to the engine failed.', { cause })
}

/** What `connect` threw, kept when it is one of ours (a refused token must not look like a broken network). */
function asUnavailable(error: unknown): WatchdeckError {
  if (error instanceof WatchdeckError && isErrorCode(error.code)) return error
  return new WatchdeckError('unavailable', 'The engine cannot be reached.', { cause: error })
}

// Pipes: two ends in one process, a message port, a WebSocket. Each is seen through the smallest interface that the
// browser's, Node's and Electron's objects share, so that this file needs the types of none of them.

import type { ErrorShape } from '../base/errors.ts'
import type { Event, Listener } from '../base/events.ts'
import type { Transport } from './api.ts'

/** Keeps messages until someone listens; tells late listeners that the pipe is closed. */
class Inbox {
  readonly #listeners = new Set<Listener<Uint8Array>>()
  readonly #closers = new Set<Listener<ErrorShape | undefined>>()
  #early: Uint8Array[] = []
  #closed: { error: ErrorShape | undefined } | undefined

  readonly onMessage: Event<Uint8Array> = (listener) => {
    this.#listeners.add(listener)
    const early = this.#early
    this.#early = []
    for (const message of early) listener(message)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  readonly onClose: Event<ErrorShape | undefined> = (listener) => {
    const closed = this.#closed
    if (closed) queueMicrotask(() => listener(closed.error))
    else this.#closers.add(listener)
    return { [Symbol.dispose]: () => this.#closers.delete(listener) }
  }

  get closed(): boolean {
    return this.#closed !== undefined
  }

  deliver(message: Uint8Array): void {
    if (this.#closed) return
    if (this.#listeners.size === 0) this.#early.push(message)
    else for (const listener of [...this.#listeners]) listener(message)
  }

  close(error?: ErrorShape): void {
    if (this.#closed) return
    this.#closed = { error }
    for (const listener of [...this.#closers]) listener(error)
  }
}

const BROKEN: ErrorShape = { code: 'unavailable', message: 'The connection to the engine broke.', retryable: true }

/** Turns of the microtask queue before the memory pipe lets timers and sockets have theirs. */
const TURNS = 1024

class MemoryEnd implements Transport {
  readonly #inbox = new Inbox()
  readonly onMessage = this.#inbox.onMessage
  readonly onClose = this.#inbox.onClose
  other: MemoryEnd | undefined
  #queue: Uint8Array[] = []
  #scheduled = false
  #turn = 0

  get bufferedBytes(): number {
    return this.#queue.reduce((sum, message) => sum + message.length, 0)
  }

  send(message: Uint8Array): void {
    if (this.#inbox.closed) return
    this.#queue.push(message)
    if (this.#scheduled) return
    this.#scheduled = true
    if (++this.#turn % TURNS === 0) setTimeout(() => this.#flush(), 0)
    else queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    this.#scheduled = false
    const queue = this.#queue
    this.#queue = []
    const other = this.other
    if (other) for (const message of queue) other.#inbox.deliver(message)
  }

  close(): void {
    const other = this.other
    // what was sent before still arrives, as on a socket
    this.#flush()
    this.#inbox.close()
    if (other) queueMicrotask(() => other.#inbox.close())
  }
}

/** Two ends of a pipe within one process: what one sends the other receives, a little later. */
export function memoryTransportPair(): [Transport, Transport] {
  const a = new MemoryEnd()
  const b = new MemoryEnd()
  a.other = b
  b.other = a
  return [a, b]
}

/** DOM MessagePort, Node's MessagePort (worker_threads) and Electron's MessagePortMain all fit. */
export interface PortLike {
  postMessage(message: unknown): void
  close(): void
  start?(): void
  addEventListener?(type: string, listener: (event: object) => void): void
  on?(type: string, listener: (event: object) => void): unknown
}

/** A message port as a pipe. Ports copy what they carry; they cannot be resumed once closed. */
export function messagePortTransport(port: PortLike): Transport {
  const inbox = new Inbox()
  const listen = (type: string, listener: (event: object) => void) => {
    if (port.addEventListener) port.addEventListener(type, listener)
    else port.on?.(type, listener)
  }
  listen('message', (event) => {
    if (dataOf(event) === CLOSING) inbox.close()
    else inbox.deliver(asBytes(dataOf(event)))
  })
  listen('messageerror', () => inbox.deliver(new Uint8Array(0)))
  listen('close', () => inbox.close())
  port.start?.()
  return {
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    bufferedBytes: 0,
    send(message) {
      if (!inbox.closed) port.postMessage(message)
    },
    close() {
      if (inbox.closed) return
      // not every browser tells a page that the other end of a port was closed
      port.postMessage(CLOSING)
      inbox.close()
      port.close()
    },
  }
}

const CLOSING = 'watchdeck:close'

/** The browser's WebSocket and `ws` both fit. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: object) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

const CONNECTING = 0
const OPEN = 1

/** A WebSocket as a pipe; what is sent before it opens waits. Text messages arrive as an empty, hence refused, packet. */
export function webSocketTransport(socket: WebSocketLike): Transport {
  const inbox = new Inbox()
  let early: Uint8Array[] = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    for (const message of early) socket.send(message as Uint8Array<ArrayBuffer>)
    early = []
  })
  socket.addEventListener('message', (event) => inbox.deliver(asBytes(dataOf(event))))
  // an `error` is always followed by `close`; without a listener `ws` would throw
  socket.addEventListener('error', () => inbox.close(BROKEN))
  socket.addEventListener('close', () => inbox.close(BROKEN))
  return {
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send(message) {
      if (inbox.closed) return
      if (socket.readyState === CONNECTING) early.push(message)
      else if (socket.readyState === OPEN) socket.send(message as Uint8Array<ArrayBuffer>)
    },
    close() {
      if (inbox.closed) return
      inbox.close()
      socket.close(1000)
    },
  }
}

function dataOf(event: object): unknown {
  return 'data' in event ? event.data : undefined
}

/** Bytes of whatever a pipe delivered; anything else becomes no bytes at all, which no reader takes for a packet. */
function asBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return new Uint8Array(0)
}

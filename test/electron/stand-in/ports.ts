// Message ports of the stand-in: Electron's shape over Node's own MessagePort, and the pump that carries one across a
// process boundary, which Node's ports cannot cross by themselves.

import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** As MessagePortMain: an emitter of `message` ({ data, ports }) and `close`; silent until started. */
export class StandInPort extends EventEmitter {
  readonly #port: MessagePort
  #started = false

  constructor(port: MessagePort) {
    super()
    this.#port = port
    port.on('close', () => this.emit('close'))
  }

  postMessage(data: unknown): void {
    this.#port.postMessage(data)
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  close(): void {
    this.#port.close()
  }
}

export class StandInChannel {
  readonly port1: StandInPort
  readonly port2: StandInPort

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new StandInPort(port1)
    this.port2 = new StandInPort(port2)
  }
}

/** What a pump sends over a process's own channel. */
export type Pumped =
  | { readonly pump: 'data'; readonly id: number; readonly data: unknown }
  | { readonly pump: 'close'; readonly id: number }

export const isPumped = (message: unknown): message is Pumped =>
  typeof message === 'object' && message !== null && 'pump' in message && 'id' in message

/** One end of a process boundary: local ports by number, what they say sent across, what comes delivered to them. */
export class Pump {
  readonly #ports = new Map<number, StandInPort>()
  readonly #send: (message: Pumped) => void

  constructor(send: (message: Pumped) => void) {
    this.#send = send
  }

  /** From now on the port's other end lives across the boundary. */
  attach(id: number, port: StandInPort): void {
    this.#ports.set(id, port)
    port.on('message', ({ data }: { data: unknown }) => this.#send({ pump: 'data', id, data }))
    port.on('close', () => {
      if (this.#ports.delete(id)) this.#send({ pump: 'close', id })
    })
    port.start()
  }

  /** A port here for one that was attached there. */
  open(id: number): StandInPort {
    const { port1, port2 } = new StandInChannel()
    this.attach(id, port1)
    return port2
  }

  take(message: Pumped): void {
    const port = this.#ports.get(message.id)
    if (message.pump === 'data') port?.postMessage(message.data)
    else if (this.#ports.delete(message.id)) port?.close()
  }

  /** The other process is gone: its ends close, as they do when a process dies. */
  closeAll(): void {
    const ports = [...this.#ports.values()]
    this.#ports.clear()
    for (const port of ports) port.close()
  }
}

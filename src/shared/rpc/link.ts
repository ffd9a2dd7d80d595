// One direction-pair of a session: keeps messages whole, in order and exactly once over pipes that may break.
// Sent packets are kept until acknowledged and sent again on the next pipe; a window bounds what is under way.

import { WatchdeckError } from '../base/errors.ts'
import { encodeValue } from './codec.ts'
import type { Transport } from './api.ts'
import type { RpcLimits } from './limits.ts'
import { PACKET, PACKET_HEADER, type Packet, type PacketKind, stampPacket } from './packet.ts'

/** An acknowledgement that nothing carries back travels alone after this many ms. */
const ACK_DELAY_MS = 100
const ACK_EVERY_PACKETS = 64

export interface LinkEvents {
  /** one whole message */
  message(bytes: Uint8Array): void
  /** a message was refused, the next ones still count */
  refused(error: WatchdeckError): void
}

export class Link {
  readonly #limits: RpcLimits
  readonly #events: LinkEvents
  #transport: Transport | undefined
  readonly #queue: Uint8Array[] = []
  #queuedBytes = 0
  readonly #unacked: Uint8Array[] = []
  #unackedBytes = 0
  /** sequence number of the first packet in #unacked */
  #firstUnacked = 1
  #nextSeq = 1
  #received = 0
  #owedPackets = 0
  #owedBytes = 0
  #ackTimer: ReturnType<typeof setTimeout> | undefined
  #pieces: Uint8Array[] = []
  #piecesBytes = 0
  #skipping = false
  #waiting: Array<() => void> = []
  #closed = false

  constructor(limits: RpcLimits, events: LinkEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** the highest sequence number that arrived, for the handshake */
  get received(): number {
    return this.#received
  }

  /** bytes kept here: waiting or not yet acknowledged */
  get backlogBytes(): number {
    return this.#queuedBytes + this.#unackedBytes
  }

  /** Resolves when there is room for more, or when the link is closed. */
  ready(): Promise<void> {
    if (this.#closed || this.backlogBytes < this.#limits.inFlightBytes) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** @param message as `encodeValue(.., PACKET_HEADER)` made it: its first 16 bytes are free */
  send(message: Uint8Array): void {
    if (this.#closed) return
    const size = message.length - PACKET_HEADER
    if (size <= this.#limits.packetBytes) this.#enqueue(message, PACKET.data)
    else
      for (let at = 0; at < size; at += this.#limits.packetBytes) {
        const end = Math.min(size, at + this.#limits.packetBytes)
        const piece = new Uint8Array(PACKET_HEADER + end - at)
        piece.set(message.subarray(PACKET_HEADER + at, PACKET_HEADER + end), PACKET_HEADER)
        this.#enqueue(piece, end === size ? PACKET.data : PACKET.more)
      }
    this.#pump()
  }

  #enqueue(packet: Uint8Array, kind: PacketKind): void {
    packet[0] = kind
    this.#queue.push(packet)
    this.#queuedBytes += packet.length
  }

  #pump(): void {
    const transport = this.#transport
    if (!transport) return
    let sent = 0
    while (sent < this.#queue.length && this.#unackedBytes < this.#limits.inFlightBytes) {
      const packet = this.#queue[sent++] as Uint8Array
      this.#queuedBytes -= packet.length
      this.#unacked.push(packet)
      this.#unackedBytes += packet.length
      stampPacket(packet, packet[0] as PacketKind, this.#nextSeq++, this.#received)
      this.#settled()
      transport.send(packet)
    }
    this.#queue.splice(0, sent)
  }

  /**
   * Goes on over a new pipe.
   * @param received what the other side says it has
   * @throws WatchdeckError `corrupt` when the two sides cannot agree on where they were
   */
  attach(transport: Transport, received: number): void {
    if (received < this.#firstUnacked - 1 || received >= this.#nextSeq)
      throw new WatchdeckError('corrupt', 'The session cannot be resumed: the two sides disagree on what was sent.')
    this.#drop(received)
    this.#transport = transport
    this.#unacked.forEach((packet, i) => {
      stampPacket(packet, packet[0] as PacketKind, this.#firstUnacked + i, this.#received)
      transport.send(packet)
    })
    this.#settled()
    this.#pump()
  }

  detach(): void {
    this.#transport = undefined
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
  }

  close(): void {
    this.#closed = true
    this.detach()
    this.#queue.length = 0
    this.#unacked.length = 0
    this.#queuedBytes = 0
    this.#unackedBytes = 0
    this.#pieces = []
    this.#wake()
  }

  /** A packet without a place in the order: ack, ping, fault, bye. */
  control(kind: PacketKind, payload?: unknown): void {
    if (this.#transport) sendControl(this.#transport, this.#limits, kind, payload, this.#received)
    this.#settled()
  }

  /** @throws WatchdeckError `corrupt` when the order is broken and the session cannot go on */
  receive(packet: Packet): void {
    this.#drop(packet.ack)
    this.#pump()
    if (packet.kind !== PACKET.data && packet.kind !== PACKET.more) return
    // after a resume a packet may come twice
    if (packet.seq <= this.#received) return
    if (packet.seq !== this.#received + 1) throw new WatchdeckError('corrupt', 'A packet is missing from the session.')
    this.#received = packet.seq
    this.#owe(packet.payload.length)
    if (packet.payload.length > this.#limits.packetBytes) this.#tooLarge()
    this.#assemble(packet)
  }

  #assemble(packet: Packet): void {
    const last = packet.kind === PACKET.data
    if (!this.#skipping && this.#pieces.length === 0 && last) return this.#events.message(packet.payload)
    if (!this.#skipping) {
      this.#pieces.push(packet.payload)
      this.#piecesBytes += packet.payload.length
      if (this.#piecesBytes > this.#limits.messageBytes) this.#tooLarge()
    }
    if (!last) return
    if (!this.#skipping) {
      const whole = new Uint8Array(this.#piecesBytes)
      let at = 0
      for (const piece of this.#pieces) {
        whole.set(piece, at)
        at += piece.length
      }
      this.#pieces = []
      this.#piecesBytes = 0
      this.#events.message(whole)
    }
    this.#skipping = false
  }

  /** The rest of the message is read past, so that those after it are still understood. */
  #tooLarge(): void {
    this.#skipping = true
    this.#pieces = []
    this.#piecesBytes = 0
    this.#events.refused(new WatchdeckError('limit_exceeded', 'A message is too large and was not read.'))
  }

  #owe(bytes: number): void {
    this.#owedPackets++
    this.#owedBytes += bytes
    if (this.#owedPackets >= ACK_EVERY_PACKETS || this.#owedBytes >= this.#limits.inFlightBytes / 4)
      this.control(PACKET.ack)
    else
      this.#ackTimer ??= setTimeout(() => {
        this.#ackTimer = undefined
        if (this.#owedPackets > 0) this.control(PACKET.ack)
      }, ACK_DELAY_MS)
  }

  /** An acknowledgement is on its way. The timer stays: it is cheaper to let it find nothing to do than to set it anew. */
  #settled(): void {
    this.#owedPackets = 0
    this.#owedBytes = 0
  }

  #drop(ack: number): void {
    if (ack >= this.#nextSeq) throw new WatchdeckError('corrupt', 'A packet acknowledges what was never sent.')
    const count = ack - this.#firstUnacked + 1
    if (count <= 0) return
    for (const packet of this.#unacked.splice(0, count)) this.#unackedBytes -= packet.length
    this.#firstUnacked = ack + 1
    if (this.backlogBytes < this.#limits.inFlightBytes) this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}

export function sendControl(
  transport: Transport,
  limits: RpcLimits,
  kind: PacketKind,
  payload: unknown,
  ack = 0,
): void {
  const bytes = payload === undefined ? new Uint8Array(PACKET_HEADER) : encodeValue(payload, limits, PACKET_HEADER)
  stampPacket(bytes, kind, 0, ack)
  transport.send(bytes)
}

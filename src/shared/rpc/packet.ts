// Packets: what a transport carries. 16 bytes of header (kind, version, sequence number, acknowledgement) before the
// payload, so that a message keeps its alignment and a session survives the loss of its pipe.

import { WatchdeckError } from '../base/errors.ts'

export const PACKET_HEADER = 16
export const PROTOCOL_VERSION = 1

export const PACKET = {
  /** client: { session?, received } */
  hello: 1,
  /** engine: { session, received, resumed, graceMs } */
  welcome: 2,
  /** the last or only piece of a message */
  data: 3,
  /** a piece of a message; more follow */
  more: 4,
  ack: 5,
  ping: 6,
  pong: 7,
  /** one message was refused; the session goes on: { error } */
  fault: 8,
  /** the session ends: { error? } */
  bye: 9,
} as const

export type PacketKind = (typeof PACKET)[keyof typeof PACKET]

export interface Packet {
  readonly kind: PacketKind
  readonly seq: number
  readonly ack: number
  readonly payload: Uint8Array
}

const KINDS: ReadonlySet<number> = new Set(Object.values(PACKET))

/** Writes the header into the first 16 bytes of `bytes`. */
export function stampPacket(bytes: Uint8Array, kind: PacketKind, seq: number, ack: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PACKET_HEADER)
  view.setUint8(0, kind)
  view.setUint8(1, PROTOCOL_VERSION)
  view.setUint32(4, seq, true)
  view.setUint32(8, ack, true)
}

/** @throws WatchdeckError `corrupt` for anything that is no packet, `unsupported` for another version */
export function readPacket(bytes: Uint8Array): Packet {
  if (bytes.length < PACKET_HEADER) throw new WatchdeckError('corrupt', 'A packet is malformed: it is cut short.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, PACKET_HEADER)
  const kind = view.getUint8(0)
  const version = view.getUint8(1)
  if (!KINDS.has(kind)) throw new WatchdeckError('corrupt', 'A packet is malformed: its kind is unknown.')
  if (version !== PROTOCOL_VERSION)
    throw new WatchdeckError('unsupported', `The other side speaks version ${version}, this one ${PROTOCOL_VERSION}.`, {
      hint: 'Reload the page, or update the older of the two programs.',
    })
  return {
    kind: kind as PacketKind,
    seq: view.getUint32(4, true),
    ack: view.getUint32(8, true),
    payload: bytes.subarray(PACKET_HEADER),
  }
}

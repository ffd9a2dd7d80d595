// Protobuf bytes to the objects that OTLP-JSON parses to, and back, driven by the tables of protobuf-messages.ts.
// A reader of its own: the messages are fixed, the readers of OTLP-JSON are kept as they are, and nothing is generated.
// https://protobuf.dev/programming-guides/encoding/

import { WatchdeckError } from '../../base/errors.ts'
import { isObject, type JsonObject } from '../json/value.ts'
import { doubleText } from './attributes.ts'
import { type Field, type MessageType, type OtlpSignal, REQUESTS } from './protobuf-messages.ts'

/** As protobuf's own libraries: deeper messages are refused. */
const MAX_DEPTH = 100

/** What is wrong with the bytes; readers turn it into a skipped record. */
export class ProtobufError extends Error {
  /** the bytes end too early; more of them may mend it */
  readonly cutOff: boolean
  constructor(message: string, cutOff = false) {
    super(message)
    this.cutOff = cutOff
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A place in bytes; `end` is where the message being read ends. */
export class Cursor {
  readonly bytes: Uint8Array
  readonly #view: DataView
  at: number
  end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = end
  }

  /** A varint up to 2^53; lengths and tags are far below. */
  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.end) throw new ProtobufError('ends in the middle of a number', true)
      const byte = this.bytes[this.at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new ProtobufError('a number longer than ten bytes')
  }

  varint64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) throw new ProtobufError('ends in the middle of a number', true)
      const byte = this.bytes[this.at++] as number
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new ProtobufError('a number longer than ten bytes')
  }

  #take(size: number): number {
    const at = this.at
    if (size > this.end - at) throw new ProtobufError('a field that is longer than its message', true)
    this.at = at + size
    return at
  }

  fixed32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }
  fixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }
  sfixed64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true)
  }
  double(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  /** Where a length-delimited field ends; the cursor stands at its first byte. */
  length(): number {
    const size = this.varint()
    if (size > this.end - this.at) throw new ProtobufError('a field that is longer than its message', true)
    return this.at + size
  }

  string(): string {
    const to = this.length()
    const from = this.at
    this.at = to
    if (to - from > 32) return decoder.decode(this.bytes.subarray(from, to))
    let text = ''
    for (let i = from; i < to; i++) {
      const code = this.bytes[i] as number
      if (code >= 0x80) return decoder.decode(this.bytes.subarray(from, to))
      text += String.fromCharCode(code)
    }
    return text
  }

  skip(wire: number): void {
    if (wire === 0) this.varint64()
    else if (wire === 1) this.#take(8)
    else if (wire === 2) this.at = this.length()
    else if (wire === 5) this.#take(4)
    else throw new ProtobufError('a field of an unknown kind')
  }
}

const WIRE: Readonly<Record<Field['kind'], number>> = {
  string: 2,
  bytes: 2,
  id: 2,
  message: 2,
  bool: 0,
  enum: 0,
  uint32: 0,
  sint32: 0,
  int64: 0,
  uint64: 0,
  fixed32: 5,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
}

/** One message up to `cursor.end`. Unknown fields are stepped over. @throws ProtobufError */
export function readMessage(type: MessageType, cursor: Cursor, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) throw new ProtobufError(`nested deeper than ${MAX_DEPTH} levels`)
  const out: Record<string, unknown> = {}
  while (cursor.at < cursor.end) {
    const tag = cursor.varint()
    const wire = tag % 8
    const field = type.byNumber.get(Math.floor(tag / 8))
    if (field === undefined) {
      if (tag < 8) throw new ProtobufError('a field without a number')
      cursor.skip(wire)
    } else if (!field.repeated) {
      if (wire === WIRE[field.kind]) out[field.name] = readField(field, cursor, depth)
      else cursor.skip(wire)
    } else {
      const list = (out[field.name] ??= []) as unknown[]
      if (wire === WIRE[field.kind]) list.push(readField(field, cursor, depth))
      else if (wire === 2) readPacked(field, cursor, depth, list)
      else cursor.skip(wire)
    }
  }
  return out
}

function readPacked(field: Field, cursor: Cursor, depth: number, into: unknown[]): void {
  const outer = cursor.end
  cursor.end = cursor.length()
  while (cursor.at < cursor.end) into.push(readField(field, cursor, depth))
  cursor.end = outer
}

function readField(field: Field, cursor: Cursor, depth: number): unknown {
  switch (field.kind) {
    case 'string':
      return cursor.string()
    case 'message': {
      const outer = cursor.end
      cursor.end = cursor.length()
      const value = readMessage((field.message as () => MessageType)(), cursor, depth + 1)
      cursor.end = outer
      return value
    }
    case 'id': {
      const to = cursor.length()
      const value = hexOf(cursor.bytes, cursor.at, to)
      cursor.at = to
      return value
    }
    case 'bytes': {
      const to = cursor.length()
      const value = base64Of(cursor.bytes, cursor.at, to)
      cursor.at = to
      return value
    }
    case 'bool':
      return cursor.varint64() !== 0n
    case 'enum':
    case 'uint32':
      return Number(BigInt.asUintN(32, cursor.varint64()))
    case 'sint32': {
      const raw = Number(BigInt.asUintN(32, cursor.varint64()))
      return (raw >>> 1) ^ -(raw & 1)
    }
    case 'fixed32':
      return cursor.fixed32()
    case 'int64':
      return BigInt.asIntN(64, cursor.varint64()).toString()
    case 'uint64':
      return cursor.varint64().toString()
    case 'fixed64':
      return cursor.fixed64().toString()
    case 'sfixed64':
      return cursor.sfixed64().toString()
    case 'double':
      return doubleText(cursor.double())
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hexOf(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 64) throw new ProtobufError('an id longer than 64 bytes')
  let out = ''
  for (let i = from; i < to; i++) out += HEX[bytes[i] as number]
  return out
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64Of(bytes: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let i = from; i < to; i += 3) {
    const left = to - i
    const word =
      ((bytes[i] as number) << 16) |
      (left > 1 ? (bytes[i + 1] as number) << 8 : 0) |
      (left > 2 ? (bytes[i + 2] as number) : 0)
    out += `${BASE64[word >> 18]}${BASE64[(word >> 12) & 63]}`
    out += `${left > 1 ? BASE64[(word >> 6) & 63] : '='}${left > 2 ? BASE64[word & 63] : '='}`
  }
  return out
}

function bytesOfBase64(text: string): Uint8Array {
  const out: number[] = []
  let bits = 0
  let held = 0
  for (const char of text) {
    const digit = BASE64.indexOf(char === '-' ? '+' : char === '_' ? '/' : char)
    if (digit < 0) continue
    held = ((held << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    out.push((held >> bits) & 0xff)
  }
  return Uint8Array.from(out)
}

/**
 * The body of an OTLP/HTTP or OTLP/gRPC export as the object that its OTLP-JSON parses to; for receivers. Give the result
 * to the readers of OTLP-JSON.
 * @throws WatchdeckError `invalid_input` when the bytes are no such message
 */
export function decodeOtlpRequest(signal: OtlpSignal, bytes: Uint8Array): JsonObject {
  try {
    return readMessage(REQUESTS[signal], new Cursor(bytes))
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw new WatchdeckError('invalid_input', `The bytes are no OTLP protobuf of ${signal}: ${error.message}.`, {
      hint: 'The sender may have meant another signal, or the body was cut off.',
    })
  }
}

/** An OTLP-JSON request (fields by name, ids as hex, enums as numbers) as protobuf bytes. */
export function encodeOtlpRequest(signal: OtlpSignal, request: JsonObject): Uint8Array {
  const out = new Writer()
  writeMessage(REQUESTS[signal], request, out)
  return out.bytes()
}

class Writer {
  #bytes = new Uint8Array(1024)
  #length = 0

  #room(size: number): number {
    if (this.#length + size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    const at = this.#length
    this.#length += size
    return at
  }

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value)
    do {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      const at = this.#room(1)
      this.#bytes[at] = rest === 0n ? low : low | 0x80
    } while (rest !== 0n)
  }

  raw(bytes: Uint8Array): void {
    // the room is asked for first: it may replace the bytes that are written to
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  fixed(size: 4 | 8, write: (view: DataView) => void): void {
    const view = new DataView(new ArrayBuffer(size))
    write(view)
    this.raw(new Uint8Array(view.buffer))
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

const encoder = new TextEncoder()

function writeMessage(type: MessageType, value: JsonObject, out: Writer): void {
  for (const field of type.byNumber.values()) {
    const inner = value[field.name]
    if (inner === undefined || inner === null) continue
    const list = field.repeated ? (inner as readonly unknown[]) : [inner]
    if (field.repeated && list.length > 0 && WIRE[field.kind] !== 2) {
      const packed = new Writer()
      for (const item of list) writeField(field, item, packed)
      out.varint(BigInt(field.number * 8 + 2))
      writeBytes(packed.bytes(), out)
      continue
    }
    for (const item of list) {
      if (!field.repeated && !field.oneOf && isDefault(item)) continue
      out.varint(BigInt(field.number * 8 + WIRE[field.kind]))
      writeField(field, item, out)
    }
  }
}

const isDefault = (value: unknown): boolean => value === 0 || value === '' || value === '0' || value === false

function writeBytes(bytes: Uint8Array, out: Writer): void {
  out.varint(BigInt(bytes.length))
  out.raw(bytes)
}

function writeField(field: Field, value: unknown, out: Writer): void {
  switch (field.kind) {
    case 'string':
      writeBytes(encoder.encode(String(value)), out)
      break
    case 'message': {
      const inner = new Writer()
      writeMessage((field.message as () => MessageType)(), isObject(value) ? value : {}, inner)
      writeBytes(inner.bytes(), out)
      break
    }
    case 'id':
      writeBytes(
        Uint8Array.from(String(value).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
        out,
      )
      break
    case 'bytes':
      writeBytes(bytesOfBase64(String(value)), out)
      break
    case 'bool':
      out.varint(value === true ? 1n : 0n)
      break
    case 'enum':
    case 'uint32':
      out.varint(BigInt(Number(value)))
      break
    case 'sint32': {
      const number = Number(value)
      out.varint(BigInt(((number << 1) ^ (number >> 31)) >>> 0))
      break
    }
    case 'int64':
    case 'uint64':
      out.varint(BigInt(String(value)))
      break
    case 'fixed32':
      out.fixed(4, (view) => view.setUint32(0, Number(value), true))
      break
    case 'fixed64':
    case 'sfixed64':
      out.fixed(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, BigInt(String(value))), true))
      break
    case 'double':
      out.fixed(8, (view) => view.setFloat64(0, Number(value), true))
      break
  }
}

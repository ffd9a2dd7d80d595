// Values to bytes and back: one JSON header plus raw buffers, so that numbers travel as they lie in memory.
// Layout, little-endian: u32 header length, u32 buffer count, u32 length of each buffer, then the header and the
// buffers, each starting at a multiple of 8. What JSON cannot say is an object with the one reserved key "$".

import { WatchdeckError } from '../base/errors.ts'
import { type BufferKind, type FrameBuffer, frameHead, frameOfHead, isFrame } from '../frame/codec.ts'
import type { RpcLimits } from './limits.ts'

export type CodecLimits = Pick<RpcLimits, 'messageBytes' | 'headerBytes' | 'depth' | 'buffers'>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

const WIDTH: Readonly<Record<BufferKind, number>> = {
  BigInt64Array: 8,
  Float64Array: 8,
  Int32Array: 4,
  Uint32Array: 4,
  Uint8Array: 1,
}

const align8 = (n: number): number => (n + 7) & ~7

/**
 * @param headroom bytes left free at the front for the packet header (a multiple of 8)
 * @throws WatchdeckError `limit_exceeded` past `depth`, `buffers` or `messageBytes`
 * @throws Error for a value that cannot travel (function, symbol, class instance)
 */
export function encodeValue(value: unknown, limits: CodecLimits, headroom = 0): Uint8Array {
  const buffers: Uint8Array[] = []
  const places = new Map<ArrayBufferView, number>()
  const put = (view: ArrayBufferView): number => {
    // series of one answer share their times: they travel once
    const place = places.get(view)
    if (place !== undefined) return place
    places.set(view, buffers.length)
    if (buffers.length >= limits.buffers) throw tooMuch(`more than ${limits.buffers} buffers`)
    return buffers.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) - 1
  }
  const header = encoder.encode(JSON.stringify(plain(value, limits.depth, put)))
  if (header.length > limits.headerBytes) throw tooMuch(`${header.length} bytes outside tables`)
  const fixed = align8(8 + 4 * buffers.length)
  let total = fixed + align8(header.length)
  for (const buffer of buffers) total += align8(buffer.length)
  if (total > limits.messageBytes) throw tooMuch(`${total} bytes`)
  const out = new Uint8Array(headroom + total)
  const view = new DataView(out.buffer)
  view.setUint32(headroom, header.length, true)
  view.setUint32(headroom + 4, buffers.length, true)
  out.set(header, headroom + fixed)
  let at = headroom + fixed + align8(header.length)
  buffers.forEach((buffer, i) => {
    view.setUint32(headroom + 8 + 4 * i, buffer.length, true)
    out.set(buffer, at)
    at += align8(buffer.length)
  })
  return out
}

function plain(value: unknown, depth: number, put: (view: ArrayBufferView) => number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value
      return { $: 'f', v: Object.is(value, -0) ? '-0' : String(value) }
    case 'bigint':
      return { $: 'n', v: value.toString() }
    case 'undefined':
      return { $: 'u' }
    case 'object':
      return value === null ? null : plainObject(value, depth, put)
    default:
      throw new Error(`assertion failed: a ${typeof value} cannot travel`)
  }
}

function plainObject(value: object, depth: number, put: (view: ArrayBufferView) => number): unknown {
  if (depth <= 0) throw tooMuch('values nested too deep')
  if (Array.isArray(value)) return value.map((item) => plain(item, depth - 1, put))
  if (ArrayBuffer.isView(value)) return { $: 'b', k: kindOf(value), i: put(value) }
  if (isFrame(value)) return { $: 't', v: frameHead(value, put) }
  const prototype: unknown = Object.getPrototypeOf(value)
  // the root prototype of any realm has no prototype itself
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new Error('assertion failed: a class instance cannot travel')
  const out: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    // an absent property and one that is undefined mean the same, as in JSON
    if (item !== undefined) out[key] = plain(item, depth - 1, put)
  }
  return Object.hasOwn(out, '$') ? { $: 'o', v: Object.entries(out) } : out
}

function kindOf(view: ArrayBufferView): BufferKind {
  const tag: unknown = Reflect.get(view, Symbol.toStringTag)
  if (typeof tag === 'string' && Object.hasOwn(WIDTH, tag)) return tag as BufferKind
  throw new Error(`assertion failed: a ${String(tag ?? 'DataView')} cannot travel`)
}

/**
 * The value of bytes made by `encodeValue`. Typed arrays are views of `bytes` where alignment allows it, else copies.
 * @throws WatchdeckError `corrupt` when the bytes are no such value, `limit_exceeded` past a cap
 */
export function decodeValue(bytes: Uint8Array, limits: CodecLimits): unknown {
  if (bytes.length > limits.messageBytes) throw tooMuch(`${bytes.length} bytes`)
  if (bytes.length < 8) throw corrupt('it is cut short')
  // a Node Buffer slices by its own rules; from here on it is plain bytes
  const plainBytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = view.getUint32(0, true)
  const count = view.getUint32(4, true)
  if (headerLength > limits.headerBytes) throw tooMuch(`${headerLength} bytes outside tables`)
  if (count > limits.buffers) throw tooMuch(`${count} buffers`)
  const fixed = align8(8 + 4 * count)
  if (fixed + headerLength > bytes.length) throw corrupt('it is cut short')
  const buffers: Uint8Array[] = []
  let at = fixed + align8(headerLength)
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(8 + 4 * i, true)
    if (at + length > bytes.length) throw corrupt('it is cut short')
    buffers.push(plainBytes.subarray(at, at + length))
    at += align8(length)
  }
  const header = plainBytes.subarray(fixed, fixed + headerLength)
  // an escaped object takes three brackets a level, a table five
  if (tooDeep(header, limits.depth * 3 + 8)) throw tooMuch('values nested too deep')
  let parsed: unknown
  try {
    parsed = JSON.parse(decoder.decode(header))
  } catch (cause) {
    throw corrupt('its header is not JSON', cause)
  }
  return revive(parsed, (index, kind) => bufferAs(buffers, index, kind))
}

/** Counts brackets outside strings before anything is parsed: parsing must not cost what a cap forbids. */
function tooDeep(json: Uint8Array, limit: number): boolean {
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const c = json[i]
    if (c === 0x22) {
      for (i++; i < json.length && json[i] !== 0x22; i++) if (json[i] === 0x5c) i++
    } else if (c === 0x5b || c === 0x7b) {
      if (++depth > limit) return true
    } else if (c === 0x5d || c === 0x7d) depth--
  }
  return false
}

type Take = (index: unknown, kind: BufferKind) => FrameBuffer

/** In place: JSON.parse made own properties of every key, `__proto__` included, and assigning to these keeps them so. */
function revive(value: unknown, take: Take): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = revive(value[i], take)
    return value
  }
  const record = value as Record<string, unknown>
  if (Object.hasOwn(record, '$')) return special(record, take)
  for (const key of Object.keys(record)) {
    const item = record[key]
    if (typeof item === 'object' && item !== null) define(record, key, revive(item, take))
  }
  return record
}

function special(record: Record<string, unknown>, take: Take): unknown {
  const { $: tag, v } = record
  switch (tag) {
    case 'n':
      if (typeof v !== 'string' || !/^-?\d{1,4096}$/.test(v)) throw corrupt('a number is malformed')
      return BigInt(v)
    case 'f':
      if (v === 'NaN') return Number.NaN
      if (v === 'Infinity') return Number.POSITIVE_INFINITY
      if (v === '-Infinity') return Number.NEGATIVE_INFINITY
      if (v === '-0') return -0
      throw corrupt('a number is malformed')
    case 'u':
      return undefined
    case 'b':
      if (typeof record['k'] !== 'string' || !Object.hasOwn(WIDTH, record['k'])) throw corrupt('a buffer has no kind')
      return take(record['i'], record['k'] as BufferKind)
    case 't':
      return frameOfHead(v, take)
    case 'o': {
      if (!Array.isArray(v)) throw corrupt('an object is malformed')
      const out: Record<string, unknown> = {}
      for (const pair of v) {
        if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw corrupt('an object is malformed')
        define(out, pair[0], revive(pair[1], take))
      }
      return out
    }
    default:
      throw corrupt('it holds an unknown kind of value')
  }
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function bufferAs(buffers: readonly Uint8Array[], index: unknown, kind: BufferKind): FrameBuffer {
  const bytes = typeof index === 'number' ? buffers[index] : undefined
  if (bytes === undefined) throw corrupt('it names a buffer that it does not hold')
  const width = WIDTH[kind]
  if (bytes.length % width !== 0) throw corrupt('a buffer has a broken last value')
  if (kind === 'Uint8Array') return bytes
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  const length = bytes.length / width
  switch (kind) {
    case 'BigInt64Array':
      return new BigInt64Array(aligned.buffer, aligned.byteOffset, length)
    case 'Float64Array':
      return new Float64Array(aligned.buffer, aligned.byteOffset, length)
    case 'Int32Array':
      return new Int32Array(aligned.buffer, aligned.byteOffset, length)
    case 'Uint32Array':
      return new Uint32Array(aligned.buffer, aligned.byteOffset, length)
  }
}

function corrupt(why: string, cause?: unknown): WatchdeckError {
  return new WatchdeckError('corrupt', `A message is malformed: ${why}.`, { cause })
}

function tooMuch(what: string): WatchdeckError {
  return new WatchdeckError('limit_exceeded', `A message is too large: ${what}.`, {
    hint: 'Ask for less at once: a shorter range, fewer rows, fewer columns.',
  })
}

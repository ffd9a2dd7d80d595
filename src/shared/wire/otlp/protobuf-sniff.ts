// Whether bytes are OTLP protobuf: bare export requests, or requests with their length in front, and of which signal.

import { Cursor, ProtobufError } from './protobuf.ts'
import { GROUP, type OtlpSignal } from './protobuf-messages.ts'

/**
 * bare: one ExportXServiceRequest (or several one after another, which protobuf reads as one);
 * uint32: four bytes of length, big-endian, before each, as the Collector's file exporter writes (`format: proto`);
 * varint: a varint of length before each (writeDelimitedTo of the protobuf libraries).
 */
export type ProtobufFraming = 'bare' | 'uint32' | 'varint'

/** @param whole `head` is all of the content */
export function sniffOtlpProtobuf(
  head: Uint8Array,
  whole: boolean,
): { framing: ProtobufFraming; signal: OtlpSignal } | undefined {
  for (const framing of ['uint32', 'bare', 'varint'] as const) {
    const from = framing === 'bare' ? { at: 0, end: head.length } : frame(head, framing)
    if (from === undefined || (whole && from.end > head.length)) continue
    const signal = signalOfRequest(
      head,
      from.at,
      Math.min(from.end, head.length),
      whole || (framing !== 'bare' && from.end <= head.length),
    )
    if (signal !== undefined) return { framing, signal }
  }
  return undefined
}

function frame(head: Uint8Array, framing: 'uint32' | 'varint'): { at: number; end: number } | undefined {
  if (framing === 'uint32') {
    if (head.length < 5) return undefined
    const size = new DataView(head.buffer, head.byteOffset).getUint32(0)
    return size === 0 ? undefined : { at: 4, end: 4 + size }
  }
  try {
    const cursor = new Cursor(head, 0, Math.min(head.length, 10))
    const size = cursor.varint()
    return size === 0 ? undefined : { at: cursor.at, end: cursor.at + size }
  } catch (error) {
    if (error instanceof ProtobufError) return undefined
    throw error
  }
}

/** The signal of the first records, when everything up to them is as in an export request. */
function signalOfRequest(head: Uint8Array, at: number, end: number, complete: boolean): OtlpSignal | undefined {
  let place = at
  while (place < end) {
    const group = partAt(head, place, end, complete)
    if (group === undefined || group.field !== 1) return undefined
    const signal = signalOfResource(head, group.from, Math.min(group.to, end), group.to <= end)
    if (signal !== undefined || group.to > end) return signal
    place = group.to
  }
  return undefined
}

/** The signal of a resource group (ResourceSpans, ResourceLogs, ResourceMetrics), told by its first record. */
export function signalOfResource(
  bytes: Uint8Array,
  from: number,
  to: number,
  complete: boolean,
): OtlpSignal | undefined {
  let at = from
  while (at < to) {
    const part = partAt(bytes, at, to, complete)
    if (part === undefined || part.field > GROUP.schemaUrl) return undefined
    if (part.field === GROUP.parts) {
      const end = Math.min(part.to, to)
      for (let inner = part.from; inner < end; ) {
        const record = partAt(bytes, inner, end, part.to <= to)
        if (record === undefined || record.field > GROUP.schemaUrl) return undefined
        if (record.field === GROUP.parts) return signalOfRecord(bytes, record.from, Math.min(record.to, end))
        inner = record.to
      }
    }
    at = part.to
  }
  return undefined
}

/** A length-delimited field; undefined for any other kind, or when it must end here and does not. */
function partAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  complete: boolean,
): { field: number; from: number; to: number } | undefined {
  try {
    const cursor = new Cursor(bytes, at, end)
    const tag = cursor.varint()
    if (tag % 8 !== 2 || tag < 8) return undefined
    const size = cursor.varint()
    const to = cursor.at + size
    return to > end && complete ? undefined : { field: Math.floor(tag / 8), from: cursor.at, to }
  } catch (error) {
    if (error instanceof ProtobufError) return undefined
    throw error
  }
}

/**
 * What a record is by the numbers and kinds of its fields, in whatever order they come: SDKs write the first one first, a
 * Collector the last one first, and empty ids with them. It may be cut off at `to`.
 */
export function signalOfRecord(bytes: Uint8Array, from: number, to: number): OtlpSignal | undefined {
  const cursor = new Cursor(bytes, from, to)
  let name = 0
  let named = false
  let data = false
  let isLog = false
  try {
    while (cursor.at < to) {
      const tag = cursor.varint()
      const field = Math.floor(tag / 8)
      const wire = tag % 8
      if (wire === 2) {
        const length = cursor.length() - cursor.at
        const sure = signalOfBytes(field, length)
        if (sure !== undefined) return sure
        const isText = isPrintable(bytes, cursor.at, Math.min(cursor.at + length, to))
        if (field === 1) [name, named] = [length, isText]
        // a trace id has 16 bytes and a span id 8; what else has a name is a metric, also one whose texts are that long
        if (field === 2 && name === 16 && length === 8 && !(named && isText)) return 'traces'
        if (field === 5 || field === 9 || field === 10 || field === 11) data = true
        if (field === 9) isLog ||= name === 0 && length === 16
        cursor.at += length
        continue
      }
      const sure = SIGNAL_OF_FIELD[`${wire}.${field}`]
      if (sure !== undefined) return sure
      cursor.skip(wire)
    }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
  }
  if (name > 0) return data ? 'metrics' : undefined
  return isLog ? 'logs' : undefined
}

function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte < 0x20 || byte > 0x7e) return false
  }
  return true
}

/** Fields of a length that only one kind of record has. */
function signalOfBytes(field: number, length: number): OtlpSignal | undefined {
  if (field === 6) return 'logs'
  if (field === 7) return 'metrics'
  if (field === 4 || field === 13 || field === 15) return 'traces'
  // an id that is not there; of 8 bytes one that is: a histogram is longer
  if (field === 9 && length === 0) return 'logs'
  if (field === 10 && (length === 0 || length === 8)) return 'logs'
  return undefined
}

/** By wire type and number: times, numbers and flags that only one kind of record has. */
const SIGNAL_OF_FIELD: Readonly<Record<string, OtlpSignal>> = {
  '1.1': 'logs',
  '1.11': 'logs',
  '1.7': 'traces',
  '1.8': 'traces',
  '0.2': 'logs',
  '0.7': 'logs',
  '0.6': 'traces',
  '0.10': 'traces',
  '0.12': 'traces',
  '0.14': 'traces',
  '5.8': 'logs',
  '5.16': 'traces',
}

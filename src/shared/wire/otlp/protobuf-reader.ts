// OTLP protobuf in, of any size: resource groups are read one by one; one past the cap is opened and read part by part,
// as the JSON stream does. Rows are those of the OTLP-JSON reader: each record becomes the object that its JSON parses to.
// https://opentelemetry.io/docs/specs/otlp/, collector-contrib exporter/fileexporter (`format: proto`)

import { WatchdeckError } from '../../base/errors.ts'
import { concat } from '../json/lines.ts'
import { type JsonObject, parseJson } from '../json/value.ts'
import type { LateFields, ReadOptions, WireReader } from '../reader.ts'
import { Cursor, ProtobufError, readMessage } from './protobuf.ts'
import { type Part, partsOf } from './protobuf-parts.ts'
import { GROUP, type OtlpSignal, RECORDS, RESOURCE, SCOPE } from './protobuf-messages.ts'
import { type ProtobufFraming, signalOfRecord } from './protobuf-sniff.ts'
import { OtlpRecords, type Signal, SIGNALS } from './reader.ts'

export interface OtlpProtobufOptions extends ReadOptions {
  readonly framing: ProtobufFraming
  /** what the records are, where the sender says so; else they tell it themselves */
  readonly signal?: OtlpSignal | undefined
  /** unpacks one zstd frame: the file exporter with `compression: zstd` packs each message by itself */
  readonly unzstd?: ((bytes: Uint8Array) => Uint8Array) | undefined
}

const OPEN_AT = 8 * 1024 * 1024
/** A record (or resource, scope) past this is stepped over and counted, as in OTLP-JSON. */
const MAX_RECORD = 8 * 1024 * 1024
const MAX_PACKED = 64 * 1024 * 1024

interface Open {
  readonly level: 'request' | 'resource' | 'scope'
  /** offset in the whole input after its last byte; Infinity for a bare request */
  readonly end: number
  readonly position: number
  readonly fields: Record<string, unknown>
  emitted: boolean
}

const SIGNAL_OF: Readonly<Record<OtlpSignal, Signal>> = {
  traces: SIGNALS[0] as Signal,
  logs: SIGNALS[1] as Signal,
  metrics: SIGNALS[2] as Signal,
}

export function otlpProtobufReader(options: OtlpProtobufOptions): WireReader {
  const reader = new OtlpProtobuf(options)
  return { push: (bytes) => reader.push(bytes), end: () => reader.end(), late: reader.late }
}

class OtlpProtobuf {
  readonly late = new Map<number, Record<string, unknown>>()
  readonly #options: OtlpProtobufOptions
  readonly #records: OtlpRecords
  readonly #openAt: number
  readonly #known: LateFields | undefined
  #buffer: Uint8Array = new Uint8Array(0)
  #held: Uint8Array[] = []
  #heldBytes = 0
  #need = 0
  #at = 0
  /** bytes before the buffer */
  #before = 0
  #stepOver = 0
  #stack: Open[] = []
  /** records so far: what `line` says of binary formats */
  #count = 0
  #signal: OtlpSignal | undefined

  constructor(options: OtlpProtobufOptions) {
    this.#options = options
    this.#records = new OtlpRecords(options)
    this.#openAt = options.openAt ?? OPEN_AT
    this.#known = options.known
    if (options.framing === 'bare') this.#open('request', Number.POSITIVE_INFINITY)
  }

  push(chunk: Uint8Array): void {
    // Copies: the caller may reuse its chunk. They are joined once there is enough for the next part.
    this.#held.push(chunk.slice())
    this.#heldBytes += chunk.length
    if (this.#buffer.length + this.#heldBytes < this.#need) return
    this.#join()
    try {
      while (this.#step());
    } catch (error) {
      throw this.#corrupt(error)
    }
    if (this.#at === 0) return
    this.#before += this.#at
    this.#buffer = this.#buffer.slice(this.#at)
    this.#at = 0
  }

  #join(): void {
    if (this.#heldBytes > 0) this.#buffer = concat([this.#buffer, ...this.#held], this.#buffer.length + this.#heldBytes)
    this.#held = []
    this.#heldBytes = 0
    this.#need = 0
  }

  /** More bytes are needed: `to` in the buffer must be reached. */
  #wait(to: number): false {
    this.#need = to - this.#at
    return false
  }

  end(): void {
    this.#join()
    this.#closeEnded()
    const isBare = this.#stack.length === 1 && this.#options.framing === 'bare'
    if (this.#buffer.length > 0 || this.#stepOver > 0 || (this.#stack.length > 0 && !isBare))
      throw new WatchdeckError('corrupt', 'The file ends in the middle of an OTLP protobuf message.', {
        hint: 'It was cut off while it was written or copied. Nothing of it was kept.',
        details: { byte: this.#before + this.#buffer.length },
      })
    this.#records.end()
  }

  /** Reads one part; false when more bytes are needed. */
  #step(): boolean {
    if (this.#stepOver > 0) {
      const size = Math.min(this.#stepOver, this.#buffer.length - this.#at)
      this.#at += size
      this.#stepOver -= size
      if (this.#stepOver > 0) return false
    }
    this.#closeEnded()
    const left = this.#buffer.length - this.#at
    if (left === 0) return false
    const top = this.#stack[this.#stack.length - 1]
    if (top === undefined) return this.#frame(left)
    const limit = Math.min(this.#buffer.length, top.end - this.#before)
    const cursor = new Cursor(this.#buffer, this.#at, limit)
    // Tag and length take at most ten bytes each.
    const head = limit - this.#at
    const canWait = head < 20 && this.#before + limit < top.end
    let tag: number
    let size: number
    try {
      tag = cursor.varint()
      if (tag < 8) throw new ProtobufError('a field without a number')
      if (tag % 8 !== 2) {
        cursor.skip(tag % 8)
        this.#at = cursor.at
        return true
      }
      size = cursor.varint()
    } catch (error) {
      if (canWait && error instanceof ProtobufError && error.cutOff) return false
      throw error
    }
    const to = cursor.at + size
    if (this.#before + to > top.end) throw new ProtobufError('a field that is longer than its message')
    return this.#part(top, Math.floor(tag / 8), cursor.at, to)
  }

  #part(top: Open, field: number, from: number, to: number): boolean {
    const size = to - from
    const isGroup = top.level === 'request' ? field === 1 : top.level === 'resource' && field === GROUP.parts
    const isKnown = field >= GROUP.head && field <= (top.level === 'request' ? 1 : GROUP.schemaUrl)
    if (!isKnown || (!isGroup && size > MAX_RECORD)) {
      if (isKnown) this.#options.into.skip(++this.#count, 'one value is larger than 8 MB', `${size} bytes`)
      this.#at = from
      this.#stepOver = size
      return true
    }
    if (isGroup && size > this.#openAt) {
      this.#at = from
      this.#open(top.level === 'request' ? 'resource' : 'scope', this.#before + to)
      return true
    }
    if (to > this.#buffer.length) return this.#wait(to)
    this.#at = to
    if (top.level === 'request') this.#resource(from, to)
    else if (isGroup) {
      for (const open of this.#stack) open.emitted = true
      this.#scope(from, to, top.fields)
    } else if (top.level === 'scope' && field === GROUP.parts) {
      for (const open of this.#stack) open.emitted = true
      this.#take([{ from, to }], this.#stack[this.#stack.length - 2]?.fields ?? {}, top.fields)
    } else this.#field(top, field, from, to)
    return true
  }

  /** resource, scope or schemaUrl of an opened group */
  #field(top: Open, field: number, from: number, to: number): void {
    const name = field === GROUP.schemaUrl ? 'schemaUrl' : top.level === 'resource' ? 'resource' : 'scope'
    const value = headField(this.#buffer, top.level === 'resource' ? RESOURCE : SCOPE, field, from, to)
    if (top.emitted && !Object.hasOwn(top.fields, name)) {
      const late = this.late.get(top.position) ?? {}
      late[name] = value
      this.late.set(top.position, late)
    }
    top.fields[name] = value
  }

  #frame(left: number): boolean {
    let size: number
    let from: number
    if (this.#options.framing === 'uint32') {
      if (left < 4) return false
      size = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + this.#at).getUint32(0)
      from = this.#at + 4
    } else {
      const cursor = new Cursor(this.#buffer, this.#at)
      try {
        size = cursor.varint()
      } catch (error) {
        if (left < 10 && error instanceof ProtobufError) return false
        throw error
      }
      from = cursor.at
    }
    // A frame of zstd, or of JSON that was packed: told by its first bytes, taken whole.
    if (size > 0 && this.#buffer.length - from < Math.min(4, size)) return false
    const packed = size >= 4 && isZstd(this.#buffer, from)
    if (packed || this.#buffer[from] === 0x7b) {
      if (size > MAX_PACKED) throw new ProtobufError(`a message of ${size} bytes`)
      if (this.#buffer.length - from < size) return this.#wait(from + size)
      this.#at = from + size
      this.#unpacked(this.#buffer.subarray(from, from + size), packed)
      return true
    }
    this.#at = from
    this.#open('request', this.#before + from + size)
    return true
  }

  #unpacked(bytes: Uint8Array, packed: boolean): void {
    const unzstd = this.#options.unzstd
    if (packed && unzstd === undefined) {
      this.#options.into.skip(++this.#count, 'a message packed with zstd', `${bytes.length} bytes`)
      return
    }
    const plain = packed && unzstd !== undefined ? unzstd(bytes) : bytes
    if (plain[0] === 0x7b) {
      let value: unknown
      try {
        value = parseJson(new TextDecoder().decode(plain))
      } catch {
        this.#options.into.skip(++this.#count, 'not valid JSON', new TextDecoder().decode(plain.subarray(0, 400)))
        return
      }
      this.#records.request(value, ++this.#count)
      return
    }
    const buffer = this.#buffer
    this.#buffer = plain.slice()
    try {
      for (const part of partsOf(this.#buffer, 0, plain.length))
        if (part.field === 1) this.#resource(part.from, part.to)
    } finally {
      this.#buffer = buffer
    }
  }

  #open(level: Open['level'], end: number): void {
    const position = this.#before + this.#at
    this.#stack.push({ level, end, position, fields: { ...this.#known?.get(position) }, emitted: false })
  }

  #closeEnded(): void {
    for (;;) {
      const top = this.#stack[this.#stack.length - 1]
      if (top === undefined || this.#before + this.#at < top.end) return
      this.#stack.pop()
    }
  }

  /** One ResourceSpans (Logs, Metrics) that is here whole. */
  #resource(from: number, to: number): void {
    const fields: Record<string, unknown> = {}
    const scopes: Part[] = []
    try {
      for (const part of partsOf(this.#buffer, from, to)) {
        if (part.field === GROUP.parts) scopes.push(part)
        else if (part.field === GROUP.head) fields.resource = headField(this.#buffer, RESOURCE, 1, part.from, part.to)
        else if (part.field === GROUP.schemaUrl)
          fields.schemaUrl = headField(this.#buffer, RESOURCE, 3, part.from, part.to)
      }
    } catch (error) {
      this.#bad('a resource group that cannot be read', error)
      return
    }
    for (const scope of scopes) this.#scope(scope.from, scope.to, fields)
  }

  #scope(from: number, to: number, resource: JsonObject): void {
    const fields: Record<string, unknown> = {}
    const records: Part[] = []
    try {
      for (const part of partsOf(this.#buffer, from, to)) {
        if (part.field === GROUP.parts) records.push(part)
        else if (part.field === GROUP.head) fields.scope = headField(this.#buffer, SCOPE, 1, part.from, part.to)
        else if (part.field === GROUP.schemaUrl)
          fields.schemaUrl = headField(this.#buffer, SCOPE, 3, part.from, part.to)
      }
    } catch (error) {
      this.#bad('a scope group that cannot be read', error)
      return
    }
    this.#take(records, resource, fields)
  }

  #take(parts: readonly Pick<Part, 'from' | 'to'>[], resource: JsonObject, scope: JsonObject): void {
    const first = parts[0]
    if (first === undefined) return
    const signal =
      this.#options.signal ?? signalOfRecord(this.#buffer, first.from, first.to) ?? this.#signal ?? 'traces'
    this.#signal = signal
    const type = RECORDS[signal]
    const values: unknown[] = []
    const lines: number[] = []
    for (const { from, to } of parts) {
      this.#count++
      try {
        values.push(readMessage(type, new Cursor(this.#buffer, from, to)))
        lines.push(this.#count)
      } catch (error) {
        this.#bad('a record that cannot be read', error, this.#count)
      }
    }
    this.#records.records(SIGNAL_OF[signal], values, resource, scope, (i) => lines[i] as number)
  }

  #bad(reason: string, error: unknown, line = this.#count + 1): void {
    if (!(error instanceof ProtobufError)) throw error
    this.#options.into.skip(line, reason, error.message)
  }

  #corrupt(error: unknown): unknown {
    if (!(error instanceof ProtobufError)) return error
    const byte = this.#before + this.#at
    return new WatchdeckError('corrupt', `Not OTLP protobuf at byte ${byte}: ${error.message}.`, {
      hint: 'Nothing of the file was kept.',
      details: { byte },
    })
  }
}

function headField(bytes: Uint8Array, type: typeof RESOURCE, field: number, from: number, to: number): unknown {
  return field === GROUP.schemaUrl
    ? new TextDecoder().decode(bytes.subarray(from, to))
    : readMessage(type, new Cursor(bytes, from, to))
}

const isZstd = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x28 && bytes[at + 1] === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd

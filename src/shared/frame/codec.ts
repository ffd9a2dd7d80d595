// Frames as bytes: a small JSON head plus the raw column buffers. The head is checked before a frame is made of it,
// because a frame whose offsets point outside its bytes would be read far from here.

import { WatchdeckError } from '../base/errors.ts'
import type { Column, Frame, LogicalType } from './frame.ts'

export type FrameBuffer = BigInt64Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** What a buffer of a column is read as; the codec of the message knows how to make each from bytes. */
export type BufferKind = 'BigInt64Array' | 'Float64Array' | 'Int32Array' | 'Uint32Array' | 'Uint8Array'

export interface FrameHead {
  rows: number
  columns: ColumnHead[]
}

export interface ColumnHead {
  name: string
  type: LogicalType
  unit?: string
  storage: Column['storage']
  /** numbers of the buffers, in the order of `buffersOf` */
  buffers: number[]
  validity?: number
}

/** Loud enough for any screen or file; a head with more is an attack or a bug. */
const MAX_COLUMNS = 4096
const MAX_ROWS = 0x7fff_ffff
const TYPES: ReadonlySet<string> = new Set(['time', 'int', 'float', 'string', 'bool', 'json'])

const LAYOUT: Readonly<Record<Column['storage'], readonly BufferKind[]>> = {
  int64: ['BigInt64Array'],
  float64: ['Float64Array'],
  int32: ['Int32Array'],
  bool: ['Uint8Array'],
  string: ['Uint32Array', 'Uint8Array'],
  dictionary: ['Int32Array', 'Uint32Array', 'Uint8Array'],
}

function buffersOf(column: Column): FrameBuffer[] {
  if (column.storage === 'string') return [column.offsets, column.bytes]
  if (column.storage === 'dictionary') return [column.codes, column.dictionaryOffsets, column.dictionaryBytes]
  return [column.values]
}

const FRAME_KEYS: ReadonlySet<string> = new Set(['rowCount', 'columns'] satisfies (keyof Frame)[])

/** A frame and nothing else: an object that merely has its keys too keeps travelling as the object that it is. */
export function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null || !('rowCount' in value) || !('columns' in value)) return false
  if (!isCount(value.rowCount, MAX_ROWS) || !Array.isArray(value.columns)) return false
  return Object.keys(value).every((key) => FRAME_KEYS.has(key)) && value.columns.every(isColumn)
}

function isColumn(value: unknown): value is Column {
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.type !== 'string') return false
  if (typeof value.length !== 'number' || typeof value.storage !== 'string') return false
  return Object.hasOwn(LAYOUT, value.storage)
}

/** @param put keeps a buffer and answers with its number in the message */
export function frameHead(frame: Frame, put: (buffer: FrameBuffer) => number): FrameHead {
  return {
    rows: frame.rowCount,
    columns: frame.columns.map((column) => {
      const head: ColumnHead = {
        name: column.name,
        type: column.type,
        storage: column.storage,
        buffers: buffersOf(column).map(put),
      }
      if (column.unit !== undefined) head.unit = column.unit
      if (column.validity !== undefined) head.validity = put(column.validity)
      return head
    }),
  }
}

/**
 * @param take the buffer of that number as that kind; throws `corrupt` when there is none
 * @throws WatchdeckError `corrupt` when the head and its buffers do not fit together
 */
export function frameOfHead(head: unknown, take: (index: unknown, kind: BufferKind) => FrameBuffer): Frame {
  if (!isRecord(head)) throw corrupt('its head is no object')
  const { rows, columns } = head
  if (!isCount(rows, MAX_ROWS)) throw corrupt('its row count is not a whole number')
  if (!Array.isArray(columns) || columns.length > MAX_COLUMNS) throw corrupt('it has no list of columns')
  return { rowCount: rows, columns: columns.map((column: unknown) => columnOfHead(column, rows, take)) }
}

function columnOfHead(head: unknown, length: number, take: (index: unknown, kind: BufferKind) => FrameBuffer): Column {
  if (!isRecord(head)) throw corrupt('a column is no object')
  const { name, type, unit, storage, buffers, validity: validityAt } = head
  if (typeof name !== 'string' || typeof type !== 'string' || !TYPES.has(type)) throw corrupt('a column has no type')
  if (unit !== undefined && typeof unit !== 'string') throw corrupt(`the unit of column ${name} is no text`)
  if (typeof storage !== 'string' || !Object.hasOwn(LAYOUT, storage))
    throw corrupt(`column ${name} is stored in an unknown way`)
  const kinds = LAYOUT[storage as Column['storage']]
  if (!Array.isArray(buffers) || buffers.length !== kinds.length) throw corrupt(`column ${name} lacks buffers`)
  const got = kinds.map((kind, i) => take(buffers[i], kind))
  const validity = validityAt === undefined ? undefined : (take(validityAt, 'Uint8Array') as Uint8Array)
  if (validity !== undefined && validity.length < (length + 7) >> 3)
    throw corrupt(`the validity of column ${name} is too short`)
  const base = { name, type: type as LogicalType, unit, length, validity }
  const first = got[0] as FrameBuffer
  switch (storage as Column['storage']) {
    case 'string': {
      const [offsets, bytes] = got as [Uint32Array, Uint8Array]
      checkOffsets(name, offsets, length, bytes.length)
      return { ...base, storage: 'string', offsets, bytes }
    }
    case 'dictionary': {
      const [codes, dictionaryOffsets, dictionaryBytes] = got as [Int32Array, Uint32Array, Uint8Array]
      if (codes.length !== length) throw corrupt(`column ${name} has ${codes.length} codes for ${length} rows`)
      const words = dictionaryOffsets.length - 1
      checkOffsets(name, dictionaryOffsets, words, dictionaryBytes.length)
      checkCodes(name, codes, words, validity)
      return { ...base, storage: 'dictionary', codes, dictionaryOffsets, dictionaryBytes }
    }
    default:
      if (first.length !== length) throw corrupt(`column ${name} has ${first.length} values for ${length} rows`)
      return { ...base, storage, values: first } as Column
  }
}

function checkOffsets(name: string, offsets: Uint32Array, count: number, bytes: number): void {
  if (count < 0 || offsets.length !== count + 1) throw corrupt(`the offsets of column ${name} do not fit its rows`)
  let last = 0
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] as number
    if (offset < last) throw corrupt(`the offsets of column ${name} run backwards`)
    last = offset
  }
  if (last > bytes) throw corrupt(`the offsets of column ${name} point past its bytes`)
}

function checkCodes(name: string, codes: Int32Array, words: number, validity: Uint8Array | undefined): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    if (code >= 0 && code < words) continue
    // what stands under a null is arbitrary
    if (validity !== undefined && ((validity[i >> 3] as number) & (1 << (i & 7))) === 0) continue
    throw corrupt(`a code of column ${name} is not in its dictionary`)
  }
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function corrupt(why: string): WatchdeckError {
  return new WatchdeckError('corrupt', `A table arrived damaged: ${why}.`)
}

// Chunks that several encoders made of one file, put together: a name that two of them found is written once, and a span
// that two of them found is noticed.

import { SpanIds } from '../../../shared/wire/span-ids.ts'
import { NameSet } from './content-hash.ts'
import type { Encoded, EncodedChunk } from './encoder.ts'
import type { PackedColumn } from './packed.ts'
import { TABLE_COLUMNS } from './tables.ts'

const placeOf = (table: 'attributes' | 'series' | 'spans', column: string): number =>
  Object.keys(TABLE_COLUMNS[table]()).indexOf(column)

const NAMES = { attributes: placeOf('attributes', 'hash'), series: placeOf('series', 'series') }
const [TRACE, SPAN, KIND] = ['traceId', 'spanId', 'kind'].map((name) => placeOf('spans', name)) as [
  number,
  number,
  number,
]

/** Of dictionary rows only those that no chunk before had. */
export class NewNames {
  readonly #known = { attributes: new NameSet(), series: new NameSet() }

  get newSeries(): number {
    return this.#known.series.size
  }

  only(chunks: readonly EncodedChunk[]): EncodedChunk[] {
    return chunks.flatMap((chunk) => {
      const { table, rows, columns } = chunk
      if (table !== 'attributes' && table !== 'series') return [chunk]
      const known = this.#known[table]
      const names = wordsOf(columns[NAMES[table]])
      const kept: number[] = []
      for (let row = 0; row < rows; row++)
        if (known.add(names[row * 2] as number, names[row * 2 + 1] as number)) kept.push(row)
      if (kept.length === rows) return [chunk]
      if (kept.length === 0) return []
      return [{ table, rows: kept.length, columns: columns.map((column) => rowsOf(column, kept, rows)) }]
    })
  }
}

/** Whether a span came before, in a chunk of any encoder. */
export class RepeatedSpans {
  readonly #seen = new SpanIds()

  get full(): boolean {
    return this.#seen.full
  }

  isIn(chunks: readonly EncodedChunk[]): boolean {
    for (const { table, rows, columns } of chunks) {
      if (table !== 'spans') continue
      const [trace, span, kind] = [wordsOf(columns[TRACE]), wordsOf(columns[SPAN]), bytesOf(columns[KIND])]
      for (let row = 0; row < rows; row++)
        if (!this.#seen.addWords(trace, row * 4, span, row * 2, kind[row] as number)) return true
    }
    return false
  }
}

/** What encoders of parts of one file counted, as one that read all of it would say. */
export function uniteEncoded(parts: readonly Encoded[], series: number): Encoded {
  const least = (values: Array<bigint | null>) =>
    values.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
  const most = (values: Array<bigint | null>) =>
    values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null)
  const sum = (of: (part: Encoded) => number) => parts.reduce((total, part) => total + of(part), 0)
  const extents = parts.flatMap(({ extent }) => (extent ? [extent] : []))
  return {
    spans: sum((p) => p.spans),
    logs: sum((p) => p.logs),
    samples: sum((p) => p.samples),
    series,
    objects: sum((p) => p.objects),
    happenings: sum((p) => p.happenings),
    userEvents: sum((p) => p.userEvents),
    from: least(parts.map((p) => p.from)),
    to: most(parts.map((p) => p.to)),
    objectFrom: least(parts.map((p) => p.objectFrom)),
    objectTo: most(parts.map((p) => p.objectTo)),
    extent:
      extents.length === 0
        ? undefined
        : {
            count: extents.reduce((total, e) => total + e.count, 0),
            from: least(extents.map((e) => e.from)) ?? 0n,
            to: most(extents.map((e) => e.to)) ?? 0n,
          },
  }
}

function bytesOf(column: PackedColumn | undefined): Uint8Array {
  if (column?.kind !== 'fixed') throw new Error('assertion failed: names, ids and kinds are numbers')
  return column.bytes
}

function wordsOf(column: PackedColumn | undefined): Uint32Array {
  const bytes = bytesOf(column)
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
}

/** A column with some of its rows. */
export function rowsOf(column: PackedColumn, kept: readonly number[], rows: number): PackedColumn {
  const nulls = column.nulls && bitsOf(column.nulls, kept)
  if (column.kind === 'fixed') {
    const size = column.bytes.length / rows
    const bytes = new Uint8Array(kept.length * size)
    kept.forEach((row, i) => {
      bytes.set(column.bytes.subarray(row * size, (row + 1) * size), i * size)
    })
    return { kind: 'fixed', bytes, nulls }
  }
  if (column.kind === 'lists') throw new Error('assertion failed: the dictionary has no lists')
  if (column.slots) return { ...column, slots: Int32Array.from(kept, (row) => column.slots?.[row] as number), nulls }
  const offsets = new Uint32Array(kept.length + 1)
  const parts = kept.map((row, i) => {
    const text = column.bytes.subarray(column.offsets[row], column.offsets[row + 1])
    offsets[i + 1] = (offsets[i] as number) + text.length
    return text
  })
  const bytes = new Uint8Array(offsets[kept.length] as number)
  parts.forEach((text, i) => {
    bytes.set(text, offsets[i])
  })
  return { kind: 'text', bytes, offsets, slots: undefined, nulls }
}

/** Validity bits (1: there) of some rows. */
function bitsOf(bits: Uint8Array, kept: readonly number[]): Uint8Array {
  const out = new Uint8Array(bits.length).fill(0xff)
  kept.forEach((row, i) => {
    if (((bits[row >> 3] as number) >> (row & 7)) & 1) return
    out[i >> 3] = (out[i >> 3] as number) & ~(1 << (i & 7))
  })
  return out
}

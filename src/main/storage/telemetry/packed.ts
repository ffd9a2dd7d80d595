// Filled columns of a chunk as plain buffers: what an encoder hands to the thread that holds DuckDB. No native code here,
// so that a worker thread can fill chunks; `unpackInto` (chunk-writer.ts) is the other half.

/** Rows of a full DuckDB vector. */
export const VECTOR_SIZE = 2048

export type PackedColumn =
  | { readonly kind: 'fixed'; readonly bytes: Uint8Array; readonly nulls: Uint8Array | undefined }
  | {
      readonly kind: 'text'
      /** UTF-8 of all texts in one piece */
      readonly bytes: Uint8Array
      /** one more than there are texts */
      readonly offsets: Uint32Array
      /** which text each row takes; undefined: its own */
      readonly slots: Int32Array | undefined
      readonly nulls: Uint8Array | undefined
    }
  | {
      readonly kind: 'lists'
      /** (offset, length) of each row, as DuckDB's list entries */
      readonly entries: BigUint64Array
      readonly values: Float64Array
      readonly nulls: Uint8Array | undefined
    }

export interface PackedChunk<Table extends string = string> {
  readonly table: Table
  readonly rows: number
  /** in the order of the table's columns */
  readonly columns: readonly PackedColumn[]
}

/** Every buffer of the chunks, once: to move them to another thread instead of copying. */
export function buffersOf(chunks: readonly PackedChunk[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const add = (view: Uint8Array | Uint32Array | Int32Array | BigUint64Array | Float64Array | undefined) => {
    if (view !== undefined && view.buffer instanceof ArrayBuffer) found.add(view.buffer)
  }
  for (const chunk of chunks)
    for (const column of chunk.columns) {
      add(column.nulls)
      if (column.kind === 'fixed') add(column.bytes)
      else if (column.kind === 'text') {
        add(column.bytes)
        add(column.offsets)
        add(column.slots)
      } else {
        add(column.entries)
        add(column.values)
      }
    }
  return [...found]
}

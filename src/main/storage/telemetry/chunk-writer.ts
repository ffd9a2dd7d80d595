// Appends packed chunks to one table. Appending runs on the calling thread, so chunks are flushed in small lots.

import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  LIST,
  TINYINT,
  UBIGINT,
  UUID,
  VARCHAR,
} from '@duckdb/node-api'
import duckdb, { type Vector } from '@duckdb/node-bindings'
import { assert } from '../../../shared/base/assert.ts'
import {
  type ChunkColumn,
  DoublesColumn,
  NameColumn,
  NumberColumn,
  SpanIdColumn,
  TextColumn,
  TraceIdColumn,
  WordColumn,
} from './columns.ts'
import { writeBytes, writeStrings, writeValidity } from './duck-memory.ts'
import type { PackedChunk, PackedColumn } from './packed.ts'

function typeOf(column: ChunkColumn): DuckDBType {
  if (column instanceof TraceIdColumn) return UUID
  if (column instanceof SpanIdColumn || column instanceof NameColumn) return UBIGINT
  if (column instanceof TextColumn || column instanceof WordColumn) return VARCHAR
  if (column instanceof DoublesColumn) return LIST(DOUBLE)
  assert(column instanceof NumberColumn, 'unknown column')
  if (column.values instanceof BigInt64Array) return BIGINT
  if (column.values instanceof Float64Array) return DOUBLE
  if (column.values instanceof Int32Array) return INTEGER
  return column.values instanceof Int8Array ? TINYINT : BOOLEAN
}

const bytesOf = (view: BigUint64Array | Float64Array): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** Writes a packed column into the first `rows` rows of a vector. */
export function unpackInto(vector: Vector, rows: number, column: PackedColumn): void {
  if (column.kind === 'fixed') writeBytes(vector, column.bytes)
  else if (column.kind === 'text') writeStrings(vector, rows, column.bytes, column.offsets, column.slots)
  else {
    duckdb.list_vector_reserve(vector, column.values.length)
    duckdb.list_vector_set_size(vector, column.values.length)
    writeBytes(duckdb.list_vector_get_child(vector), bytesOf(column.values))
    writeBytes(vector, bytesOf(column.entries))
  }
  if (column.nulls) writeValidity(vector, column.nulls)
}

export class ChunkWriter {
  readonly #appender: DuckDBAppender
  readonly #chunk: DuckDBDataChunk
  readonly #columns: number

  /** @param columns of the table, in order, to check that they fit it */
  static async open(
    connection: DuckDBConnection,
    database: string,
    table: string,
    columns: Readonly<Record<string, ChunkColumn>>,
  ): Promise<ChunkWriter> {
    return new ChunkWriter(await connection.createAppender(table, 'main', database), table, Object.values(columns))
  }

  private constructor(appender: DuckDBAppender, table: string, columns: readonly ChunkColumn[]) {
    this.#appender = appender
    this.#columns = columns.length
    assert(appender.columnCount === columns.length, `the writer of ${table} does not fit its table`)
    const types = columns.map(typeOf)
    types.forEach((type, i) => {
      assert(
        appender.columnType(i).toString() === type.toString(),
        `column ${i} of ${table} is ${appender.columnType(i)}, not ${type}`,
      )
    })
    this.#chunk = DuckDBDataChunk.create(types)
  }

  append(packed: PackedChunk): void {
    assert(packed.columns.length === this.#columns, `a chunk of ${packed.table} has other columns than its table`)
    this.#chunk.reset()
    this.#chunk.rowCount = packed.rows
    packed.columns.forEach((column, i) => {
      unpackInto(duckdb.data_chunk_get_vector(this.#chunk.chunk, i), packed.rows, column)
    })
    this.#appender.appendDataChunk(this.#chunk)
  }

  /** Everything appended so far becomes part of the open transaction. */
  flush(): void {
    this.#appender.flushSync()
  }

  close(): void {
    this.#appender.closeSync()
  }

  /** Throws away what is not flushed, so that closing has nothing left to write. */
  discard(): void {
    this.#appender.clear()
    this.#appender.closeSync()
  }
}

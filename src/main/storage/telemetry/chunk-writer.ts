// Fills chunks of one table and appends them. Appending runs on the calling thread, so chunks are flushed in small lots.

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
import duckdb from '@duckdb/node-bindings'
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
import { VECTOR_SIZE } from './duck-memory.ts'

/** Text waiting in a chunk before it is appended early: 2,048 rows of 1 MB each would be 2 GB. */
const MAX_PENDING_TEXT = 8 << 20

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

export class ChunkWriter<Columns extends Readonly<Record<string, ChunkColumn>>> {
  readonly columns: Columns
  /** the row to fill next */
  row = 0
  /** rows appended and waiting */
  total = 0
  readonly #list: readonly ChunkColumn[]
  readonly #texts: ReadonlyArray<TextColumn | WordColumn>
  readonly #appender: DuckDBAppender
  readonly #chunk: DuckDBDataChunk

  /** @param columns in the order of the table's columns */
  static async open<C extends Readonly<Record<string, ChunkColumn>>>(
    connection: DuckDBConnection,
    database: string,
    table: string,
    columns: C,
  ): Promise<ChunkWriter<C>> {
    return new ChunkWriter(await connection.createAppender(table, 'main', database), table, columns)
  }

  private constructor(appender: DuckDBAppender, table: string, columns: Columns) {
    this.columns = columns
    this.#list = Object.values(columns)
    this.#texts = this.#list.filter((c) => c instanceof TextColumn || c instanceof WordColumn)
    this.#appender = appender
    assert(appender.columnCount === this.#list.length, `the writer of ${table} does not fit its table`)
    const types = this.#list.map(typeOf)
    types.forEach((type, i) => {
      assert(
        appender.columnType(i).toString() === type.toString(),
        `column ${i} of ${table} is ${appender.columnType(i)}, not ${type}`,
      )
    })
    this.#chunk = DuckDBDataChunk.create(types)
  }

  /** The row is complete. */
  next(): void {
    this.row++
    this.total++
    if (this.row === VECTOR_SIZE) this.append()
    else if ((this.row & 15) === 0 || this.row < 16) {
      let pending = 0
      for (const column of this.#texts) pending += column.pending
      if (pending > MAX_PENDING_TEXT) this.append()
    }
  }

  append(): void {
    if (this.row === 0) return
    this.#chunk.reset()
    this.#chunk.rowCount = this.row
    for (let i = 0; i < this.#list.length; i++)
      this.#list[i]?.flush(duckdb.data_chunk_get_vector(this.#chunk.chunk, i), this.row)
    this.#appender.appendDataChunk(this.#chunk)
    this.row = 0
  }

  /** Everything appended so far becomes part of the open transaction. */
  flush(): void {
    this.append()
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

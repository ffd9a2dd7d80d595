// A streamed result, chunk by chunk.

import type { DuckDBResult } from '@duckdb/node-api'
import duckdb, { type Vector } from '@duckdb/node-bindings'
import { throwIfAborted } from '../../../shared/base/errors.ts'

export interface Chunk {
  readonly rows: number
  vector(column: number): Vector
}

/** While one chunk is worked on, the next is being fetched: each is memory of its own. */
export async function* chunksOf(result: DuckDBResult, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
  let next = result.fetchChunk()
  try {
    for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
      throwIfAborted(signal)
      next = result.fetchChunk()
      const vectors = chunk.chunk
      yield { rows: chunk.rowCount, vector: (column) => duckdb.data_chunk_get_vector(vectors, column) }
    }
  } finally {
    // whoever leaves early gives the connection up: nothing may still be running on it
    await next.catch(() => undefined)
  }
}

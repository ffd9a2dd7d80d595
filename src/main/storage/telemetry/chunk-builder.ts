// Fills chunks of one table and hands each over packed when it is full.

import { type ChunkColumn, TextColumn, WordColumn } from './columns.ts'
import { type PackedColumn, VECTOR_SIZE } from './packed.ts'

/** Text waiting in a chunk before it is handed over early: 2,048 rows of 1 MB each would be 2 GB. */
const MAX_PENDING_TEXT = 8 << 20

export type ChunkSink = (rows: number, columns: readonly PackedColumn[]) => void

export class ChunkBuilder<Columns extends Readonly<Record<string, ChunkColumn>>> {
  readonly columns: Columns
  /** the row to fill next */
  row = 0
  readonly #list: readonly ChunkColumn[]
  readonly #texts: ReadonlyArray<TextColumn | WordColumn>
  readonly #sink: ChunkSink

  /** @param columns in the order of the table's columns */
  constructor(columns: Columns, sink: ChunkSink) {
    this.columns = columns
    this.#list = Object.values(columns)
    this.#texts = this.#list.filter((c) => c instanceof TextColumn || c instanceof WordColumn)
    this.#sink = sink
  }

  /** The row is complete. */
  next(): void {
    this.row++
    if (this.row === VECTOR_SIZE) this.finish()
    else if ((this.row & 15) === 0 || this.row < 16) {
      let pending = 0
      for (const column of this.#texts) pending += column.pending
      if (pending > MAX_PENDING_TEXT) this.finish()
    }
  }

  /** Hands over what is there. */
  finish(): void {
    const rows = this.row
    if (rows === 0) return
    this.row = 0
    this.#sink(
      rows,
      this.#list.map((column) => column.pack(rows)),
    )
  }
}

// DuckDB's memory limit: generous for questions, tight while a large write runs. Blocks just written stay in its cache up to
// the limit, and the making of trace rows takes what it may, so the usual limit would be what an import costs.

import { totalmem } from 'node:os'
import type { DuckDBInstance } from '@duckdb/node-api'
import { WatchdeckError } from '../../../shared/base/errors.ts'

const MIB = 2 ** 20
/** What DuckDB may hold while a large write runs; what a question needs beyond it is spilled. */
const WRITING_BYTES = 160 * MIB

/** A quarter of the machine's memory, between 512 MiB and 4 GiB, where nothing else was chosen. */
export const memoryBytes = (chosen: number | undefined): number =>
  chosen ?? Math.min(4096 * MIB, Math.max(512 * MIB, Math.floor(totalmem() / 4)))

export const memorySetting = (bytes: number): string => `memory_limit = '${Math.floor(bytes / MIB)}MiB'`

const isHeld = (error: unknown): boolean =>
  error instanceof Error && /out of memory|could not free|failed to change memory/i.test(error.message)

export class MemoryBound {
  readonly #instance: DuckDBInstance
  #usual: number
  #isLow = false

  /** @param usual the limit that the instance was opened with, in bytes */
  constructor(instance: DuckDBInstance, usual: number) {
    this.#instance = instance
    this.#usual = usual
  }

  /**
   * Lets go of cached blocks and holds the limit low until `restore`. Where running questions hold more than that, DuckDB
   * refuses and the limit stays as it is: the next call tries again.
   */
  async lower(): Promise<void> {
    if (this.#isLow || this.#usual <= WRITING_BYTES) return
    try {
      await this.#set(WRITING_BYTES)
      this.#isLow = true
    } catch (error) {
      if (!isHeld(error)) throw error
    }
  }

  /**
   * Another usual limit, at once or when the large write that runs has ended.
   * @throws WatchdeckError `conflict` when running questions hold more than that
   */
  async limit(bytes: number): Promise<void> {
    if (!this.#isLow)
      try {
        await this.#set(bytes)
      } catch (error) {
        if (!isHeld(error)) throw error
        throw new WatchdeckError('conflict', 'What runs now needs more memory than that.', {
          hint: 'Try again when the queries and jobs under way have ended.',
          cause: error,
        })
      }
    this.#usual = bytes
  }

  async restore(): Promise<void> {
    if (!this.#isLow) return
    this.#isLow = false
    await this.#set(this.#usual)
  }

  /** On a connection of its own: a failed transaction answers to nothing but ROLLBACK. */
  async #set(bytes: number): Promise<void> {
    const connection = await this.#instance.connect()
    try {
      await connection.run(`SET ${memorySetting(bytes)}`)
    } finally {
      connection.disconnectSync()
    }
  }
}

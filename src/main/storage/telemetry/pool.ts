// Connections for reading: so many at a time, first come first served, interrupted when the caller leaves.

import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBResult,
  type DuckDBType,
  HUGEINT,
  INTEGER,
  ResultReturnType,
  UBIGINT,
  VARCHAR,
} from '@duckdb/node-api'
import { cancelled, throwIfAborted, WatchdeckError } from '../../../shared/base/errors.ts'
import { Limiter } from '../../../shared/base/limiter.ts'
import type { SqlValue } from './api.ts'
import { asStoreError } from './errors.ts'

/** How often an interrupt is repeated: one that comes between two steps of a query is lost. */
const INTERRUPT_MS = 20
/** So long a drain waits for questions that are being answered. */
const DRAIN_MS = 30_000

export class ReadPool {
  readonly #instance: DuckDBInstance
  readonly #limiter: Limiter
  readonly #idle: DuckDBConnection[] = []
  #closed = false
  #running = 0
  #whenDrained: Array<() => void> = []

  constructor(instance: DuckDBInstance, width: number) {
    this.#instance = instance
    this.#limiter = new Limiter(width)
  }

  /** Runs one statement and hands its streaming result to `read`, on a connection that nobody else uses meanwhile. */
  async run<T>(
    sql: string,
    params: readonly SqlValue[],
    read: (result: DuckDBResult) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    throwIfAborted(signal)
    this.#running++
    try {
      return await this.#run(sql, params, read, signal)
    } finally {
      if (--this.#running === 0) for (const done of this.#whenDrained.splice(0)) done()
    }
  }

  #run<T>(
    sql: string,
    params: readonly SqlValue[],
    read: (result: DuckDBResult) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return this.#limiter.run(async () => {
      throwIfAborted(signal)
      if (this.#closed) throw cancelled()
      const connection = this.#idle.pop() ?? (await this.#instance.connect())
      let clean = false
      try {
        const answer = await interruptible(connection, signal, async () => {
          // without parameters a statement needs no preparing
          const [values, types] = params.length === 0 ? [] : numbered(params)
          const result = await connection.stream(sql, values, types)
          const answer = await read(result)
          if (brokeOff(result)) {
            throwIfAborted(signal)
            await connection.run(sql, values, types)
            throw new WatchdeckError('unavailable', 'The store broke off in the middle of an answer.', {
              retryable: true,
              hint: 'Ask again.',
            })
          }
          return answer
        })
        clean = true
        return answer
      } finally {
        // a connection whose result was not drained keeps its snapshot alive: let it go
        if (clean && !this.#closed) this.#idle.push(connection)
        else connection.disconnectSync()
      }
    }, signal)
  }

  /**
   * Waits until everything that was asked is answered, then lets go of the connections with the files that they hold.
   * @throws WatchdeckError `conflict` when that takes too long
   */
  async drain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS)
    })
    if (this.#running > 0) await Promise.race([new Promise<void>((resolve) => this.#whenDrained.push(resolve)), late])
    clearTimeout(timer)
    if (this.#running > 0)
      throw new WatchdeckError('conflict', 'Queries to the store are still running.', {
        hint: 'Try again when they have ended.',
        retryable: true,
      })
    for (const connection of this.#idle.splice(0)) connection.disconnectSync()
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#idle.splice(0)) connection.disconnectSync()
  }
}

/**
 * A stream that fails after its first rows ends as if it were whole: what it was asked for is then no longer known. What it failed with
 * is said to whoever asks again without a stream.
 */
export const brokeOff = (result: DuckDBResult): boolean => result.returnType === ResultReturnType.INVALID

/** Runs `work` on a connection and interrupts it when the signal aborts; failures become WatchdeckErrors. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    timer = setTimeout(interrupt, INTERRUPT_MS)
  }
  throwIfAborted(signal)
  signal?.addEventListener('abort', interrupt, { once: true })
  try {
    const answer = await work()
    throwIfAborted(signal)
    return answer
  } catch (error) {
    if (signal?.aborted) throw cancelled()
    throw asStoreError(error)
  } finally {
    signal?.removeEventListener('abort', interrupt)
    clearTimeout(timer)
  }
}

/** Positional parameters by their names "1", "2" ..: only this form of the library's call lets it choose some types itself. */
function numbered(params: readonly SqlValue[]): [Record<string, SqlValue>, Record<string, DuckDBType | undefined>] {
  return [
    Object.fromEntries(params.map((value, i) => [String(i + 1), value])),
    Object.fromEntries(params.map((value, i) => [String(i + 1), typeOf(value)])),
  ]
}

/**
 * The narrowest type that holds a parameter. Left to itself the library sends every bigint as HUGEINT, and a comparison
 * with one casts the whole column, which blinds the zone maps.
 */
function typeOf(value: SqlValue): DuckDBType | undefined {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return BIGINT
    return BigInt.asUintN(64, value) === value ? UBIGINT : HUGEINT
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DOUBLE
    return value === (value | 0) ? INTEGER : BIGINT
  }
  if (typeof value === 'string') return VARCHAR
  return typeof value === 'boolean' ? BOOLEAN : undefined
}

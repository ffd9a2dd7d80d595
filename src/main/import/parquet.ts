// Parquet files through DuckDB: an instance of its own that may open this file and nothing else, with little memory.
// Runs in the import's worker thread, and in the engine for a look at the first rows.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'
import type { Cell } from '../../shared/wire/table/times.ts'

const MEMORY = '192MB'

export interface ParquetTable {
  readonly columns: readonly string[]
  readonly rowCount: number
  /** rows in the order of the file, about 2,048 at a time; `limit`: only the first ones */
  rows(limit?: number): AsyncIterable<ReadonlyArray<readonly Cell[]>>
}

export const isParquet = (magic: Uint8Array): boolean =>
  magic[0] === 0x50 && magic[1] === 0x41 && magic[2] === 0x52 && magic[3] === 0x31

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const named = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** @throws WatchdeckError `corrupt` when DuckDB cannot read it, `cancelled` */
export async function withParquet<T>(
  path: string,
  use: (table: ParquetTable) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  try {
    const connection = await instance.connect()
    try {
      await connection.run(`SET allowed_paths = [${quoted(path)}]`)
      await connection.run('SET enable_external_access = false')
      await connection.run('SET lock_configuration = true')
      return await use(await openTable(connection, path, signal))
    } catch (error) {
      throw asParquetError(error)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

async function openTable(
  connection: DuckDBConnection,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ParquetTable> {
  const from = `read_parquet(${quoted(path)})`
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  const columns = described.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${from}`)
  const list = columns.map(({ name, type }) => expression(named(name), type)).join(', ')
  const rowCount = Number(counted.getRows()[0]?.[0] ?? 0)
  return {
    columns: columns.map((c) => c.name),
    rowCount,
    async *rows(limit) {
      const result = await connection.stream(
        `SELECT ${list} FROM ${from}${limit === undefined ? '' : ` LIMIT ${Math.trunc(limit)}`}`,
      )
      let read = 0
      for (;;) {
        throwIfAborted(signal)
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) break
        read += chunk.rowCount
        yield chunk.getRows() as Cell[][]
      }
      // a stream that fails after its first rows ends as if it were whole
      const wanted = Math.min(rowCount, limit ?? rowCount)
      if (read < wanted) throw new Error(`it breaks off after ${read} of ${wanted} rows`)
    },
  }
}

/** Every type as text, a number or a truth value; times as text with all their decimals. */
function expression(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE')
    return `strftime(make_timestamp(epoch_us(${column})), '%Y-%m-%dT%H:%M:%S.%fZ')`
  if (type === 'TIMESTAMP_NS') return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%n')`
  if (/^TIMESTAMP/.test(type)) return `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%f')`
  if (/^(?:U?(?:TINY|SMALL|BIG)INT|U?INTEGER)$/.test(type)) return `${column}::${type === 'UBIGINT' ? type : 'BIGINT'}`
  if (/^(?:FLOAT|DOUBLE|DECIMAL)/.test(type) && !type.endsWith(']')) return `${column}::DOUBLE`
  if (type === 'BOOLEAN' || type === 'VARCHAR') return column
  if (type === 'BLOB') return `base64(${column})`
  if (/\]$|^STRUCT|^MAP|^UNION/.test(type)) return `to_json(${column})::VARCHAR`
  return `${column}::VARCHAR`
}

function asParquetError(error: unknown): unknown {
  if (error instanceof WatchdeckError || !(error instanceof Error)) return error
  const message = error.message.split('\n')[0]?.replace(/'[^']*'/g, 'the file') ?? ''
  if (/Out of Memory/i.test(message))
    return new WatchdeckError('limit_exceeded', `Reading the Parquet file needs more than ${MEMORY} of memory.`, {
      hint: 'Nothing of it was kept. Write it again with smaller row groups.',
    })
  return new WatchdeckError('corrupt', `The Parquet file cannot be read: ${message.slice(0, 300)}`, {
    hint: 'Nothing of the file was kept. Copy or export it again.',
  })
}

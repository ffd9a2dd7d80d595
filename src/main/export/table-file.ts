// Every page of a table answer to a file: as text, or by DuckDB as Parquet with the types of its columns.

import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { type DuckDBAppender, DuckDBInstance } from '@duckdb/node-api'
import { throwIfAborted } from '../../shared/base/errors.ts'
import type { Completeness } from '../../shared/contract/define.ts'
import { type Column, cell, type Frame, type LogicalType } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { tableAnswer } from './answers.ts'
import { ndjsonRows, separatedHeader, separatedRows } from './csv.ts'
import { writeFile } from './write-file.ts'

interface Wanted {
  readonly method: string
  readonly input: unknown
  readonly format: 'csv' | 'tsv' | 'ndjson' | 'parquet'
  readonly path: string
}
interface Done {
  readonly rows: number
  readonly completeness: Completeness
}

export async function writeTableFile(engine: EngineContext, wanted: Wanted, context: CallContext): Promise<Done> {
  let done: Done | undefined
  const pages = allPages(engine, wanted, context, (answer) => {
    done = answer
  })
  if (wanted.format === 'parquet') await writeParquet(pages, wanted.path)
  else
    await writeFile(wanted.path, async (sink) => {
      const separator = wanted.format === 'tsv' ? '\t' : ','
      let isFirst = true
      for await (const frame of pages) {
        if (wanted.format === 'ndjson') await sink(ndjsonRows(frame))
        else await sink((isFirst ? separatedHeader(frame, separator) : '') + separatedRows(frame, separator))
        isFirst = false
      }
    })
  return done as Done
}

/** The answer page by page until there is no next one; `told` gets the rows and the completeness of them all. */
async function* allPages(
  engine: EngineContext,
  { method, input }: Wanted,
  context: CallContext,
  told: (done: Done) => void,
): AsyncGenerator<Frame> {
  let rows = 0
  let cursor: string | undefined
  let isComplete = true
  for (;;) {
    throwIfAborted(context.signal)
    const given = { ...(typeof input === 'object' ? input : {}), ...(cursor === undefined ? {} : { cursor }) }
    const answer = await tableAnswer(engine, method, given, context)
    rows += answer.table.rowCount
    context.progress(null, `${rows} rows written`)
    const { truncated, ...completeness } = answer.completeness
    cursor = answer.nextCursor
    // a page that has a next one is not all of the answer; all pages are
    isComplete &&= completeness.missing.length === 0 && (completeness.complete || truncated !== undefined)
    const isCut = cursor === undefined && truncated?.total !== undefined && truncated.total > rows
    told({
      rows,
      completeness: isCut
        ? { ...answer.completeness, truncated: { ...truncated, returned: rows } }
        : { ...completeness, complete: isComplete },
    })
    yield answer.table
    if (cursor === undefined) return
  }
}

const TYPES: Readonly<Record<LogicalType, string>> = {
  time: 'BIGINT',
  int: 'BIGINT',
  float: 'DOUBLE',
  string: 'VARCHAR',
  bool: 'BOOLEAN',
  json: 'VARCHAR',
}
const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function writeParquet(pages: AsyncIterable<Frame>, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '1' })
  const part = `${path}.${randomUUID()}.part`
  try {
    const connection = await instance.connect()
    let columns: readonly Column[] | undefined
    let appender: DuckDBAppender | undefined
    for await (const frame of pages) {
      if (appender === undefined) {
        columns = frame.columns
        await connection.run(
          `CREATE TABLE answer (${columns.map((c) => `${named(c.name)} ${TYPES[c.type]}`).join(', ')})`,
        )
        appender = await connection.createAppender('answer')
      }
      for (let row = 0; row < frame.rowCount; row++) {
        for (const column of frame.columns) appendCell(appender, column, row)
        appender.endRow()
      }
      appender.flushSync()
    }
    appender?.closeSync()
    // times as what other tools know: nanoseconds of UTC
    const list = (columns ?? []).map((c) =>
      c.type === 'time' ? `make_timestamp_ns(${named(c.name)}) AS ${named(c.name)}` : named(c.name),
    )
    await connection.run(
      `COPY (SELECT ${list.join(', ')} FROM answer) TO '${part.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    )
    connection.closeSync()
    await rename(part, path)
  } finally {
    instance.closeSync()
    await rm(part, { force: true })
  }
}

function appendCell(appender: DuckDBAppender, column: Column, row: number): void {
  const value = cell(column, row)
  if (value === null) appender.appendNull()
  else if (typeof value === 'bigint') appender.appendBigInt(value)
  else if (typeof value === 'boolean') appender.appendBoolean(value)
  else if (typeof value === 'string') appender.appendVarchar(value)
  else if (column.type === 'float') appender.appendDouble(value)
  else appender.appendBigInt(BigInt(value))
}

// Trace rows of a large write are made in parts: the same rows, in the same order of time, as made at once.

import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { TELEMETRY_TABLES } from './schema.ts'
import { traceRowsSql } from './traces-sql.ts'

const SPANS = 6000
/** Random trees: some traces without a root, some orphans, two sources, three services. */
const FILL = `INSERT INTO telemetry.main.spans BY NAME
  SELECT CASE WHEN trace % 7 = 0 THEN 2 ELSE 1 END AS source, uuid_of AS trace_id, (i + 1)::UBIGINT AS span_id,
    (CASE WHEN i % 5 = 0 AND trace % 3 <> 0 THEN 0 WHEN i % 11 = 0 THEN 999999 ELSE greatest(1, i - h % 9) END)::UBIGINT AS parent_id,
    'service-' || (h % 3) AS service, 'operation-' || (h % 13) AS operation, 1 AS kind, 1000000 + (h % 100000)::BIGINT * 1000 + i AS start_ns,
    (h % 777)::BIGINT AS duration_ns, (h % 3)::TINYINT AS status, 0 AS attrs, 0 AS resource
  FROM (SELECT i, i // 5 % 900 AS trace, hash(i) AS h, md5((i // 5 % 900)::VARCHAR)::UUID AS uuid_of FROM range(${SPANS}) r(i))`

describe('trace rows made in parts', () => {
  it.each([
    ['of a whole source', undefined],
    ['of the traces that got spans', 'temp.main.touched'],
  ])('%s equal the rows made at once', async (_, touched) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    try {
      await connection.run(`ATTACH ':memory:' AS telemetry`)
      for (const table of ['spans', 'traces'] as const)
        await connection.run(`CREATE TABLE telemetry.main.${table} (${TELEMETRY_TABLES[table]})`)
      await connection.run(FILL)
      await connection.run(
        `CREATE TEMP TABLE touched AS SELECT DISTINCT trace_id FROM telemetry.main.spans WHERE service = 'service-1' AND span_id % 3 = 0`,
      )
      const made = async (spans: number) => {
        await connection.run('DELETE FROM telemetry.main.traces')
        const statements = traceRowsSql(1, touched, spans, undefined)
        for (const sql of statements) await connection.run(sql)
        const rows = await connection.runAndReadAll('SELECT * FROM telemetry.main.traces')
        return { statements: statements.length, rows: rows.getRowsJson() }
      }
      const start = (row: readonly unknown[]) => BigInt(String(row[2]))
      const sorted = (rows: ReadonlyArray<readonly unknown[]>) => rows.map((row) => JSON.stringify(row)).sort()
      const once = await made(SPANS)
      const parts = await made(2_000_000)
      expect(once.statements).toBe(1)
      expect(parts.statements).toBeGreaterThan(5)
      expect(once.rows.length).toBeGreaterThan(50)
      expect(sorted(parts.rows)).toEqual(sorted(once.rows))
      const times = parts.rows.map(start)
      expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      const left = await connection.runAndReadAll(
        `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'new_traces'`,
      )
      expect(left.getRowsJson()).toEqual([['0']])
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })
})

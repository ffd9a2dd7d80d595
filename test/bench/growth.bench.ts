// How the cost of each query grows with the data: the demo at scale 1, and its spans, traces and lines so many times (GROWTH,
// default 10,100) with ids of their own, within a second of where they were, in the order of time. Made in SQL, as the
// generator takes a minute and a half of processor time for ten times the demo. What keeps lines by their words is left out
// at every size: a word is searched for in all lines. Metrics and objects stay as they are, as they do when a shop has more
// customers. GROWTH_DATA keeps the folders for the next run.

import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import Database from 'better-sqlite3'
import { leastOf, makeDemo, queriesOf, serve, type DemoAsked } from './engine.bench.ts'
import type { Measure } from './run.ts'

const FACTORS = (process.env['GROWTH'] ?? '10,100').split(',').map(Number)
const KEPT = process.env['GROWTH_DATA']
const SLICES = 120

const ID = `CASE WHEN trace_id IS NULL THEN NULL ELSE md5(concat(trace_id, ' ', k))::UUID END AS trace_id`
const SHIFT = '(k * 7919000)'

/** Columns of a row of which a copy differs from the first, and the column of its time. */
const TABLES: ReadonlyArray<readonly [table: string, time: string, replaced: string]> = [
  [
    'spans',
    'start_ns',
    `${ID}, hash(span_id, k) AS span_id, CASE WHEN parent_id = 0 THEN 0 ELSE hash(parent_id, k) END AS parent_id, start_ns + ${SHIFT} AS start_ns`,
  ],
  ['traces', 'start_ns', `${ID}, start_ns + ${SHIFT} AS start_ns`],
  [
    'logs',
    'time_ns',
    `${ID}, hash(span_id, k) AS span_id, id * 1000 + k AS id, time_ns + ${SHIFT} AS time_ns, observed_ns + ${SHIFT} AS observed_ns`,
  ],
]

async function multiply(dataDir: string, factor: number): Promise<void> {
  const spill = join(dataDir, 'spill')
  await mkdir(spill, { recursive: true })
  const duck = await DuckDBInstance.create(':memory:', { memory_limit: '4GB', temp_directory: spill })
  const connection = await duck.connect()
  try {
    await connection.run(`ATTACH '${join(dataDir, 'telemetry.duckdb')}' AS t`)
    for (const table of ['log_blocks', 'log_words']) await connection.run(`DELETE FROM t.main.${table}`)
    for (const [table, time, replaced] of factor === 1 ? [] : TABLES) {
      await connection.run(`CREATE TABLE t.main.many AS SELECT * FROM t.main.${table} LIMIT 0`)
      const reader = await connection.runAndReadAll(
        `SELECT min(${time}) AS low, max(${time}) AS high FROM t.main.${table}`,
      )
      const [row] = reader.getRowObjects()
      const [low, high] = [row?.['low'] as bigint, row?.['high'] as bigint]
      const width = (high - low) / BigInt(SLICES) + 1n
      for (let from = low; from <= high; from += width)
        await connection.run(
          `INSERT INTO t.main.many SELECT * EXCLUDE (k) REPLACE (${replaced}) FROM t.main.${table}, range(${factor}) copies(k)
           WHERE ${time} >= ${from} AND ${time} < ${from + width} ORDER BY ${time} + ${SHIFT}`,
        )
      await connection.run(`DROP TABLE t.main.${table}`)
      await connection.run(`ALTER TABLE t.main.many RENAME TO ${table}`)
    }
    await connection.run('CHECKPOINT t')
  } finally {
    connection.closeSync()
    duck.closeSync()
  }
  const catalog = new Database(join(dataDir, 'catalog.sqlite'))
  catalog.exec(
    `UPDATE sources SET row_count = row_count * ${factor}, counts = json_set(counts, '$.spans', counts ->> '$.spans' * ${factor}, '$.logs', counts ->> '$.logs' * ${factor})`,
  )
  catalog.close()
}

/** Each query on a folder, least of `times`. */
async function measured(dataDir: string, asked: DemoAsked, times: number): Promise<Map<string, number>> {
  await using engine = await serve(dataDir)
  const took = new Map<string, number>()
  for (const [method, input] of queriesOf(asked))
    took.set(method, await leastOf(times, () => engine.client.call(method, input)))
  return took
}

export async function main(): Promise<Measure[]> {
  const folder = KEPT ?? (await mkdtemp(join(tmpdir(), 'watchdeck-bench-')))
  const folderOf = (factor: number): string => join(folder, `times-${factor}`)
  try {
    const base = folderOf(0)
    let asked: DemoAsked
    {
      await using engine = await serve(base)
      asked = await makeDemo(engine.client, 1)
      await engine.client.call('settings.set', { queryTimeoutS: 300 })
    }
    const found = new Map<number, Map<string, number>>()
    for (const factor of [1, ...FACTORS]) {
      if (!existsSync(folderOf(factor))) {
        await cp(base, folderOf(factor), { recursive: true })
        await multiply(folderOf(factor), factor)
      }
      found.set(factor, await measured(folderOf(factor), asked, factor > 10 ? 2 : 3))
    }
    const least = found.get(1) ?? new Map<string, number>()
    return [...found].flatMap(([factor, took]) =>
      [...took].map(([method, value]) => ({
        name: `${method}, ${factor} x demo`,
        value,
        unit: 'ms',
        ...(factor === 1 ? {} : { reference: { name: '1 x', value: least.get(method) ?? Number.NaN } }),
      })),
    )
  } finally {
    if (KEPT === undefined) await rm(folder, { recursive: true, force: true })
  }
}

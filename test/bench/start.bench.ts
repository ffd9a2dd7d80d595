// Start to the first answer with 200 incidents and START_GB (default 5) of data: the demo's spans and lines multiplied in SQL.

import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { INCIDENTS, serve } from './engine.bench.ts'
import type { Measure } from './run.ts'

const BYTES = Number(process.env['START_GB'] ?? 5) * 1e9
const STARTS = 5

/** Rows of the demo again and again with other ids, times and texts, so that they do not pack better than real ones. */
async function multiply(dataDir: string): Promise<number> {
  const path = join(dataDir, 'telemetry.duckdb')
  const duck = await DuckDBInstance.create(':memory:', { memory_limit: '3GB', temp_directory: join(dataDir, 'spill') })
  const connection = await duck.connect()
  try {
    await connection.run(`ATTACH '${path}' AS t`)
    for (let round = 1; (await stat(path)).size < BYTES; round++) {
      await connection.run(
        `INSERT INTO t.main.spans SELECT * REPLACE (uuid() AS trace_id, hash(random()) AS span_id, hash(random()) AS parent_id,
          start_ns + (random() * 1e12)::BIGINT AS start_ns, hash(random()) AS attrs) FROM t.main.spans LIMIT 3000000`,
      )
      await connection.run(
        `INSERT INTO t.main.logs SELECT * REPLACE (id + ${round * 10_000_000} AS id, body || md5(random()::VARCHAR) AS body,
          time_ns + (random() * 1e12)::BIGINT AS time_ns, uuid() AS trace_id, hash(random()) AS attrs) FROM t.main.logs LIMIT 3000000`,
      )
      await connection.run('CHECKPOINT t')
    }
  } finally {
    connection.closeSync()
    duck.closeSync()
  }
  return (await stat(path)).size
}

async function starts(dataDir: string): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < STARTS; i++) {
    await using engine = await serve(dataDir)
    took.push(engine.startMs)
  }
  return took.sort((a, b) => a - b)
}

export async function main(): Promise<Measure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
  try {
    {
      await using engine = await serve(dataDir)
      await engine.client.call('demo.create', { seed: 1, scale: 1 })
      const range = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
      for (let i = 0; i < INCIDENTS; i++)
        await engine.client.call('incidents.create', { title: `Incident ${i}`, severity: 'minor', range })
    }
    const small = await starts(dataDir)
    const bytes = await multiply(dataDir)
    const large = await starts(dataDir)
    const name = `start to the first answer, ${INCIDENTS} incidents, ${(bytes / 1e9).toPrecision(2)} GB`
    return [
      { name: `${name}, least of ${STARTS}`, value: large[0] as number, unit: 'ms', target: { atMost: 1500 } },
      { name: '  the middle one', value: large[STARTS >> 1] as number, unit: 'ms' },
      { name: '  the demo alone, the same', value: small[0] as number, unit: 'ms' },
    ]
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

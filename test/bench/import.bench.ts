// Import: 1,000,000 OTLP spans by the real command line in a process of its own (rows a second, peak memory, ratio to
// DuckDB's own JSON reader on the same file). formats.bench.ts has every format in MB/s.
// Run: node test/bench/run.ts import, or SPANS=100000 for a smaller one

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { formatSpeed } from './formats.bench.ts'
import { writeOtlpFile } from './otlp-file.ts'
import { type Measure, printTable } from './run.ts'

const CLI = join(import.meta.dirname, '..', '..', 'bin', 'watchdeck.js')

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Highest resident memory of a process so far in bytes; undefined where /proc is not there. */
function peakOf(pid: number): number | undefined {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return line ? Number(line[1]) * 1024 : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined
    throw error
  }
}

/** Imports a file into a new data folder by the command line. */
async function importByCli(path: string, dataDir: string): Promise<{ seconds: number; peak: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [CLI, 'import', path, '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let peak = 0
  const watch = setInterval(() => {
    if (child.pid !== undefined) peak = Math.max(peak, peakOf(child.pid) ?? 0)
  }, 50)
  const [code] = await once(child, 'exit')
  clearInterval(watch)
  if (code !== 0) throw new Error(`the import ended with ${code}`)
  return { seconds: (performance.now() - began) / 1000, peak }
}

async function duckdbReads(path: string, database: string, layout: 'lines' | 'document'): Promise<number> {
  const duck = await DuckDBInstance.create(database, { threads: '2' })
  const connection = await duck.connect()
  const format = layout === 'lines' ? 'newline_delimited' : 'auto'
  try {
    return await seconds(() =>
      connection.run(
        `CREATE TABLE spans AS SELECT rs.resource AS resource, ss.scope AS scope, unnest(ss.spans, recursive := false) AS span
         FROM (SELECT rs, unnest(rs.scopeSpans) AS ss FROM (SELECT unnest(resourceSpans) AS rs
         FROM read_json('${path}', format = '${format}', maximum_object_size = 2000000000)))`,
      ),
    )
  } finally {
    connection.closeSync()
    duck.closeSync()
  }
}

/** Spans of the large file: the environment's SPANS. */
export async function main(): Promise<Measure[]> {
  const spans = Number(process.env.SPANS ?? 1_000_000)
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
  const out: Measure[] = []
  try {
    for (const layout of ['lines', 'document'] as const) {
      const path = join(dir, `spans-${layout}.json`)
      await writeOtlpFile(path, { spans, seed: 1, layout })
      const { seconds: took, peak } = await importByCli(path, join(dir, `data-${layout}`))
      const duckdb = await duckdbReads(path, join(dir, `${layout}.duckdb`), layout)
      const name = `OTLP ${layout}, ${spans.toLocaleString('en')} spans`
      out.push({ name, value: took, unit: 's', reference: { name: 'read_json', value: duckdb } })
      out.push({ name: `${name}: speed`, value: spans / took, unit: 'rows/s', target: { atLeast: 100_000 } })
      out.push({ name: `${name}: peak`, value: peak / 1e6, unit: 'MB', target: { atMost: 600 } })
      out.push(await formatSpeed(`OTLP ${layout}, read and encoded`, path))
      await rm(path)
    }
    return out
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

if (import.meta.main) printTable('import', await main())

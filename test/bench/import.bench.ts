// Import: 1,000,000 OTLP spans by the real command line in a process of its own (rows a second, peak memory, ratio to
// DuckDB's own JSON reader on the same file), and each format in MB/s beside reading the file.
// Run: node test/bench/run.ts import, or SPANS=100000 for a smaller one

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { inspect } from '../../src/main/import/inspect.ts'
import { readFile } from '../../src/main/import/read-file.ts'
import { writeOtlpFile } from './otlp-file.ts'
import { type Measure, printTable } from './run.ts'

const CLI = join(import.meta.dirname, '..', '..', 'bin', 'watchdeck.js')
const START_S = 1_762_090_000

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

/** A file of each other format, about `rows` rows. */
const FORMATS: ReadonlyArray<readonly [name: string, (rows: number) => string]> = [
  [
    'JSON logs',
    (rows) =>
      lines(
        rows,
        (i) =>
          `{"time":"${iso(i)}","level":"info","service":"shop","msg":"order ${i} taken","user":"u${i % 500}","ms":${i % 90}}`,
      ),
  ],
  ['plain logs', (rows) => lines(rows, (i) => `${iso(i)} INFO [worker-${i % 8}] shop.Orders: order ${i} taken`)],
  [
    'OpenMetrics',
    (rows) =>
      `# TYPE http_requests counter\n${lines(rows, (i) => `http_requests_total{path="/p${i % 200}",code="200"} ${i} ${START_S + Math.floor(i / 200)}`)}# EOF\n`,
  ],
  [
    'Jaeger JSON',
    (rows) =>
      JSON.stringify({
        data: Array.from({ length: Math.ceil(rows / 10) }, (_, trace) => ({
          traceID: hex(trace + 1, 32),
          spans: Array.from({ length: 10 }, (_, i) => ({
            traceID: hex(trace + 1, 32),
            spanID: hex(trace * 10 + i + 1, 16),
            operationName: 'GET /',
            references: [],
            startTime: START_S * 1e6 + trace,
            duration: 100,
            processID: 'p1',
            tags: [{ key: 'http.status_code', type: 'int64', value: 200 }],
            logs: [],
          })),
          processes: { p1: { serviceName: 'shop', tags: [] } },
        })),
      }),
  ],
]
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const iso = (i: number) => new Date(START_S * 1000 + i).toISOString()
function lines(rows: number, line: (i: number) => string): string {
  let out = ''
  for (let i = 0; i < rows; i++) out += `${line(i)}\n`
  return out
}

/** MB/s of reading a file to packed chunks (all but appending), with that of reading its bytes. */
async function formatSpeed(name: string, path: string): Promise<Measure> {
  const { size, mtimeNs } = await stat(path, { bigint: true })
  const file = { path, disk: path, bytes: Number(size), modified: mtimeNs }
  const inspected = await inspect(file, {}, BigInt(Date.now()) * 1_000_000n)
  const plain = await seconds(async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: 128 * 1024 })) if (chunk.length === 0) break
  })
  const seed = {
    source: 1,
    nextLogId: 0n,
    tellTraces: false,
    batch: '',
    attributes: new Uint32Array(0),
    series: new Uint32Array(0),
  }
  const { compression, encoding, detected, plausible } = inspected
  const task = { path, compression, encoding, detected, plausible, fileTime: mtimeNs, known: new Map(), seed }
  const took = await seconds(() => readFile(task, async () => {}))
  const speed = (s: number) => file.bytes / 1e6 / s
  return { name, value: speed(took), unit: 'MB/s', reference: { name: 'read only', value: speed(plain) } }
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
    for (const [name, make] of FORMATS) {
      const path = join(dir, name.replaceAll(' ', '-'))
      await writeFile(path, make(Math.ceil(spans / 5)))
      out.push(await formatSpeed(name, path))
    }
    return out
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

if (import.meta.main) printTable('import', await main())

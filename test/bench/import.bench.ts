// 1,000,000 OTLP spans into the store: rows a second, peak memory, and the ratio to DuckDB's own JSON reader on the same
// file. Run: node test/bench/import.bench.ts [spans] [lines|document]

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { importModule } from '../../src/main/import/index.ts'
import { startTestEngine } from '../support/engine.ts'
import { writeOtlpFile } from './otlp-file.ts'

const spans = Number(process.argv[2] ?? 1_000_000)
const layout = process.argv[3] === 'document' ? 'document' : 'lines'

const dir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
try {
  const path = join(dir, 'spans.json')
  const bytes = await writeOtlpFile(path, { spans, seed: 1, layout })
  await using t = await startTestEngine({ modules: [importModule], checkAnswers: false })
  let peak = 0
  let lateMs = 0
  let last = performance.now()
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
    const now = performance.now()
    lateMs = Math.max(lateMs, now - last - 20)
    last = now
  }, 20)
  const began = performance.now()
  const answer = await t.client.call('import.run', { paths: [path] })
  const seconds = (performance.now() - began) / 1000
  clearInterval(watch)

  const duck = await DuckDBInstance.create(join(dir, 'reference.duckdb'), { threads: '2' })
  const connection = await duck.connect()
  const duckBegan = performance.now()
  const format = layout === 'lines' ? 'newline_delimited' : 'auto'
  await connection.run(
    `CREATE TABLE spans AS SELECT rs.resource AS resource, ss.scope AS scope, unnest(ss.spans, recursive := false) AS span
     FROM (SELECT rs, unnest(rs.scopeSpans) AS ss FROM (SELECT unnest(resourceSpans) AS rs
     FROM read_json('${path}', format = '${format}', maximum_object_size = 2000000000)))`,
  )
  const duckSeconds = (performance.now() - duckBegan) / 1000
  console.log(
    JSON.stringify({
      layout,
      spans: answer.spans,
      fileMB: Math.round(bytes / 1e6),
      seconds: Number(seconds.toFixed(2)),
      rowsPerSecond: Math.round(answer.spans / seconds),
      MBPerSecond: Math.round(bytes / 1e6 / seconds),
      peakRssMB: Math.round(peak / 1e6),
      longestStallMs: Math.round(lateMs),
      duckdbReadJsonSeconds: Number(duckSeconds.toFixed(2)),
      ratioToDuckdb: Number((seconds / duckSeconds).toFixed(2)),
    }),
  )
  connection.closeSync()
} finally {
  await rm(dir, { recursive: true, force: true })
}

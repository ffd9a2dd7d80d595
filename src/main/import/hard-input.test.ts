// What only large, slow or hostile files show: worker thread, cancelling, progress, endless lines, bombs, encodings, units,
// cycles, and files that other capabilities read.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { exportModule } from '../export/index.ts'
import { fileModule } from '../file/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { logsModule } from '../logs/index.ts'
import { tracesModule } from '../traces/index.ts'
import { openBytes } from './bytes.ts'
import { importModule } from './index.ts'

let t: TestEngine
let dir: string
let nextFile = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-import-'))
  t = await startTestEngine({
    modules: [importModule, exportModule, fileModule, incidentsModule, logsModule, tracesModule],
  })
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

async function fileOf(content: string | Uint8Array, name = 'file'): Promise<string> {
  const path = join(dir, `${nextFile++}-${name}`)
  await writeFile(path, content)
  return path
}
const load = async (content: string | Uint8Array, more: object = {}) =>
  t.client.call('import.run', { paths: [await fileOf(content)], ...more })
const count = async () => (await t.client.call('sources.list', {})).sources.length

const START = 1_762_090_000_000_000_000n
const RANGE = { from: '2025-11-02T00:00:00Z', to: '2025-11-03T00:00:00Z' }
const id = (n: number) => n.toString(16).padStart(16, '0')
const span = (n: number, more: object = {}) => ({
  traceId: 'c'.repeat(32),
  spanId: id(n),
  name: `op ${n}`,
  startTimeUnixNano: (START + BigInt(n)).toString(),
  endTimeUnixNano: (START + BigInt(n) + 5000n).toString(),
  ...more,
})
const otlp = (spans: readonly unknown[]) => ({
  resourceSpans: [
    { resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }, scopeSpans: [{ spans }] },
  ],
})

/** Request lines of 100 spans each, a few MB: large enough to be read in a worker. */
function manySpans(lines: number, traceId: string): string {
  let out = ''
  for (let line = 0; line < lines; line++)
    out += `${JSON.stringify(otlp(Array.from({ length: 100 }, (_, i) => span(line * 100 + i + 1, { traceId }))))}\n`
  return out
}

async function bodiesOf(source: string) {
  const scope = await t.stores.telemetry.scope([source])
  return t.stores.telemetry.rows<{ time: string; body: string }>(
    `SELECT time_ns::VARCHAR AS time, body FROM ${scope.relation('logs')} ORDER BY id`,
    [],
  )
}

describe('a large file', () => {
  test('is read in a worker: every row once, progress up to the end', async () => {
    const told: number[] = []
    const path = await fileOf(manySpans(200, 'd'.repeat(32)))
    const { source, spans, files } = await t.client.call(
      'import.run',
      { paths: [path] },
      { onProgress: ({ fraction }) => void (fraction !== null && told.push(fraction)) },
    )
    expect({ spans, taken: files[0]?.rowsTaken, skipped: files[0]?.skipped }).toEqual({
      spans: 20_000,
      taken: 20_000,
      skipped: [],
    })
    const scope = await t.stores.telemetry.scope([source])
    const rows = await t.stores.telemetry.rows(
      `SELECT count(*)::INTEGER AS n, count(DISTINCT span_id)::INTEGER AS ids, min(start_ns)::VARCHAR AS first, max(start_ns)::VARCHAR AS last,
         count(DISTINCT operation)::INTEGER AS operations FROM ${scope.relation('spans')}`,
      [],
    )
    expect(rows).toEqual([
      {
        n: 20_000,
        ids: 20_000,
        first: (START + 1n).toString(),
        last: (START + 20_000n).toString(),
        operations: 20_000,
      },
    ])
    expect([...told].sort((a, b) => a - b)).toEqual(told)
    expect(told.at(-1)).toBe(1)
  })

  test('cancelled on the way leaves nothing, and can be imported afterwards', async () => {
    const before = await count()
    const path = await fileOf(manySpans(400, 'e'.repeat(32)))
    const abort = new AbortController()
    const run = t.client.call(
      'import.run',
      { paths: [path] },
      { signal: abort.signal, onProgress: ({ fraction }) => void (fraction !== null && fraction > 0 && abort.abort()) },
    )
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    const again = await t.client.call('import.run', { paths: [path] })
    expect(again.spans).toBe(40_000)
    expect(await count()).toBe(before + 1)
  })

  test('that is broken at its end is refused whole, with the error of the worker', async () => {
    const before = await count()
    const text = JSON.stringify(otlp(Array.from({ length: 6000 }, (_, i) => span(i + 1, { traceId: 'f'.repeat(32) }))))
    await expect(load(text.slice(0, -4))).rejects.toMatchObject({ code: 'corrupt' })
    expect(await count()).toBe(before)
  })

  test('with one line of 256 MB: the line is skipped and counted, its neighbours are kept', async () => {
    const path = join(dir, 'long-line.gz')
    const mega = Buffer.alloc(1024 * 1024, 'x')
    async function* parts() {
      yield '2025-11-02T13:26:40Z INFO before\n2025-11-02T13:26:41Z INFO '
      for (let i = 0; i < 256; i++) yield mega
      yield '\n2025-11-02T13:26:42Z INFO after\n'
    }
    await pipeline(Readable.from(parts()), createGzip({ level: 1 }), createWriteStream(path))
    const { source, files } = await t.client.call('import.run', { paths: [path] })
    expect(files[0]).toMatchObject({ rowsTaken: 2, skipped: [{ line: 2, reason: 'line longer than 64 MB', count: 1 }] })
    expect((await bodiesOf(source)).map((row) => row.body)).toEqual(['before', 'after'])
  })
})

test('a first line longer than the look that is broken is one skipped line; the times of the others are their own', async () => {
  const long = 'x'.repeat(300 * 1024)
  const lines = [
    `{"time":"2025-11-02T10:00:00Z","message":"${long}" broken`,
    '{"time":"2025-11-02T10:00:05.000000001Z","message":"kept"}',
  ]
  const { source, files } = await load(`${lines.join('\n')}\n`)
  expect(files[0]).toMatchObject({ rowsTaken: 1, skipped: [{ line: 1, reason: 'not valid JSON', count: 1 }] })
  expect(await bodiesOf(source)).toEqual([{ time: '1762077605000000001', body: 'kept' }])
})

test('a JSON document that is one record of 64 MB is a clear error', async () => {
  const path = await fileOf(`{"time":"2025-11-02T10:00:00Z","message":"${'a'.repeat(64 * 1024 * 1024)}"}`)
  await expect(t.client.call('import.run', { paths: [path] })).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('a record larger than 8 MB'),
  })
})

test('what unpacks to far more than its size is refused as a bomb once it is large', async () => {
  const path = await fileOf(gzipSync(Buffer.alloc(4 * 1024 * 1024)))
  const read = async (bombBytes: number) => {
    let bytes = 0
    for await (const chunk of openBytes(path, 'gzip', 'utf-8', undefined, { bombBytes }).chunks) bytes += chunk.length
    return bytes
  }
  await expect(read(1024 * 1024)).rejects.toMatchObject({ code: 'limit_exceeded' })
  expect(await read(8 * 1024 * 1024)).toBe(4 * 1024 * 1024)
})

test.each([
  [
    'Latin-1',
    Buffer.from('2025-11-02 13:26:40 ERROR Zahlung abgelehnt: Betrag ungültig für Müller\n', 'latin1'),
    'latin1',
  ],
  [
    'UTF-16BE',
    Buffer.from('\ufeff2025-11-02 13:26:40 ERROR Zahlung abgelehnt: Betrag ungültig für Müller\n', 'utf16le').swap16(),
    'utf-16be',
  ],
])('%s text is found and decoded', async (_, bytes, encoding) => {
  const path = await fileOf(bytes)
  const { files } = await t.client.call('import.preview', { paths: [path] })
  expect(files[0]).toMatchObject({ encoding, format: 'plain-log' })
  const { source } = await t.client.call('import.run', { paths: [path] })
  expect(await bodiesOf(source)).toEqual([
    { time: START.toString(), body: 'Zahlung abgelehnt: Betrag ungültig für Müller' },
  ])
})

describe('a corrected time unit', () => {
  // by its size the number counts milliseconds; a device whose clock began at 1970 counts microseconds or nanoseconds
  test.each([
    ['JSON logs', '{"ts":1762090000123,"msg":"a"}\n{"ts":1762090000124,"msg":"b"}\n', 'ndjson'],
    ['plain logs', '1762090000123 INFO a\n1762090000124 INFO b\n', 'plain-log'],
  ])('is honoured by %s', async (_, text, format) => {
    for (const [timeUnit, per] of [
      ['ms', 1_000_000n],
      ['us', 1000n],
      ['ns', 1n],
    ] as const) {
      const { source } = await load(text, { mapping: { format, timeUnit }, source: `${format} ${timeUnit}` })
      expect((await bodiesOf(source)).map((row) => row.time)).toEqual(
        [1762090000123n, 1762090000124n].map((value) => (value * per).toString()),
      )
      await t.client.call('sources.remove', { id: source })
    }
  })

  test('is honoured by Prometheus text', async () => {
    const { source } = await load('# TYPE up gauge\nup{job="a"} 1 1762090000000000\nup{job="a"} 2 1762090015000000\n', {
      mapping: { timeUnit: 'us' },
    })
    const scope = await t.stores.telemetry.scope([source])
    expect(
      await t.stores.telemetry.rows(
        `SELECT time_ns::VARCHAR AS time, value FROM ${scope.relation('samples')} ORDER BY time_ns`,
        [],
      ),
    ).toEqual([
      { time: '1762090000000000000', value: 1 },
      { time: '1762090015000000000', value: 2 },
    ])
  })
})

test('spans whose parents run in a circle can be looked at: rows, header, waterfall, flame', async () => {
  const traceId = 'abcd'.repeat(8)
  const ring = (n: number, parent: number) => span(n, { traceId, parentSpanId: id(parent) })
  const { source, spans } = await load(
    JSON.stringify(otlp([ring(1, 3), ring(2, 1), ring(3, 2), ring(4, 3), ring(10, 11), ring(11, 10)])),
  )
  expect(spans).toBe(6)
  const sources = [source]
  const rows = await t.client.call('traces.get', { traceId, sources })
  expect(
    frameToJsonTable(rows.table)
      .rows.map((row) => row.spanId)
      .sort(),
  ).toEqual([1, 2, 3, 4, 10, 11].map(id))
  const header = await t.client.call('traces.header', { traceId, sources })
  expect(header).toMatchObject({ spans: 6, cycles: 2, orphans: 0, depth: 3 })
  const waterfall = await t.client.call('traces.waterfall', { traceId, sources })
  expect(frameToJsonTable(waterfall.table).rows.map((row) => [row.spanId, row.depth])).toEqual([
    [id(1), 0],
    [id(2), 1],
    [id(3), 2],
    [id(4), 3],
    [id(10), 0],
    [id(11), 1],
  ])
  expect((await t.client.call('traces.flame', { traceId, sources })).table.rowCount).toBe(6)
  const found = await t.client.call('traces.search', { range: RANGE, sources })
  expect(frameToJsonTable(found.table).rows.map((row) => [row.traceId, row.spans])).toEqual([[traceId, 6]])
})

test('an incident file is handed to the capability that opens it', async () => {
  const { source } = await load(JSON.stringify(otlp([span(1, { traceId: '9'.repeat(32) })])))
  const incident = await t.client.call('incidents.create', {
    title: 'Checkout is slow',
    severity: 'major',
    range: RANGE,
    sources: [source],
  })
  const path = join(dir, 'saved.watchdeck')
  await t.client.call('file.save', { incident: incident.id, path })
  const { files } = await t.client.call('import.preview', { paths: [path] })
  expect(files[0]).toMatchObject({ format: 'watchdeck', confidence: 1 })
  const opened = await t.client.call('import.run', { paths: [path] })
  expect(opened.files).toMatchObject([{ format: 'watchdeck', notes: ['opened read-only as an incident file'] }])
  const { sources } = await t.client.call('sources.list', {})
  expect(sources.find((s) => s.id === opened.source)).toMatchObject({ kind: 'file' })
})

test('a table answer is exported with cells that a spreadsheet would run defused, numbers left alone', async () => {
  const lines = ['=HYPERLINK("http://x")', '+1+1', '@SUM(A1)', '-2', 'plain, "quoted"'].map((msg, i) =>
    JSON.stringify({ time: `2025-11-02T13:26:4${i}Z`, level: 'info', msg }),
  )
  const { source } = await load(`${lines.join('\n')}\n`)
  const ask = (format: 'csv' | 'ndjson') =>
    t.client.call('export.table', {
      method: 'logs.search',
      input: { range: RANGE, sources: [source], order: 'asc' },
      format,
    })
  const csv = await ask('csv')
  expect(csv.rows).toBe(5)
  expect(csv.text.split('\r\n').slice(0, 6)).toEqual([
    expect.stringMatching(/^time,level,service,body,/),
    expect.stringContaining(`,"'=HYPERLINK(""http://x"")",`),
    expect.stringContaining(`,'+1+1,`),
    expect.stringContaining(`,'@SUM(A1),`),
    expect.stringContaining(',-2,'),
    expect.stringContaining(',"plain, ""quoted""",'),
  ])
  const bodies = (await ask('ndjson')).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).body)
  expect(bodies).toEqual(['=HYPERLINK("http://x")', '+1+1', '@SUM(A1)', '-2', 'plain, "quoted"'])
  await expect(
    t.client.call('export.table', { method: 'sources.remove', input: {}, format: 'csv' }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})

test('values nested past 32 levels are cut with a note; a span without an end comes back without one', async () => {
  let value: object = { intValue: '1' }
  for (let i = 0; i < 40; i++) value = { arrayValue: { values: [value] } }
  const open = span(1, { traceId: '8'.repeat(32), endTimeUnixNano: undefined })
  const { source, files } = await load(
    JSON.stringify(otlp([open, span(2, { traceId: '8'.repeat(32), attributes: [{ key: 'deep', value }] })])),
  )
  expect(files[0]?.notes).toEqual([
    'span without an end time is kept with a duration of 0',
    'an attribute value nested deeper than 32 levels is cut there',
  ])
  const { text } = await t.client.call('export.run', { sources: [source], format: 'otlp-json' })
  const spans = JSON.parse(text ?? '').resourceSpans[0].scopeSpans[0].spans
  expect(spans.map((s: { endTimeUnixNano?: string }) => s.endTimeUnixNano)).toEqual([
    undefined,
    (START + 2n + 5000n).toString(),
  ])
})

test('CSV and NDJSON of more rows than one part hold every row once, in the order of the import', async () => {
  const { source } = await load(manySpans(450, '7'.repeat(32)))
  const path = join(dir, 'all.ndjson')
  const { rows } = await t.client.call('export.run', { sources: [source], format: 'ndjson', path })
  expect(rows).toBe(45_000)
  const ids = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).spanId)
  expect(ids).toEqual(Array.from({ length: 45_000 }, (_, i) => id(i + 1)))
})

// What import.run tells of a file when nobody looked at its preview first: nothing is taken for granted in silence.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { clustersModule } from '../clusters/index.ts'
import { logsModule } from '../logs/index.ts'
import { importModule } from './index.ts'

let t: TestEngine
let dir = ''
beforeAll(async () => {
  t = await startTestEngine({ modules: [importModule, logsModule, clustersModule] })
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-told-'))
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

let files = 0
async function load(content: string | Uint8Array) {
  const path = join(dir, `file-${++files}`)
  await writeFile(path, content)
  const answer = await t.client.call('import.run', { paths: [path] })
  const range = { from: answer.from ?? '', to: answer.to ?? '' }
  return { ...answer, range, file: answer.files[0] }
}

test('lines in the colours of a terminal have their time, level and words', async () => {
  const { source, range, file } = await load(
    '\u001b[31m2026-11-02T14:00:00Z ERROR\u001b[0m no luck\n\u001b[32m2026-11-02T14:00:01Z INFO\u001b[0m well\n',
  )
  expect(file?.notes).toBeUndefined()
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  expect(frameToJsonTable(table).rows).toMatchObject([
    { time: '2026-11-02T14:00:00.000000000Z', level: 'error', body: 'no luck' },
    { time: '2026-11-02T14:00:01.000000000Z', level: 'info', body: 'well' },
  ])
})

test.each([
  [
    'plain lines',
    'nobody knows when\n',
    'no line begins with a time that is known; every line gets the time of the file',
  ],
  [
    'records',
    '{"message":"a"}\n{"message":"b"}\n',
    'no field looks like a time; every record gets the time of the file',
  ],
  ['a table', 'a,b\n1,2\n3,4\n', 'no column looks like a time; every row gets the time of the file'],
  [
    'Latin-1',
    Buffer.from('2026-11-02T14:00:00Z INFO Zahlung für Müller: café\n'.repeat(9), 'latin1'),
    'the text is no UTF-8; it is read as Latin-1 (Windows-1252)',
  ],
  [
    'times of 1970',
    '{"time":1,"message":"a"}\n{"time":2,"message":"b"}\n',
    'most times lie before the year 2000 or in the future: check the time unit or the clock of the sender',
  ],
  [
    'values nested without end',
    `{"time":"2026-11-02T14:00:00Z","message":"x","a":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}\n`,
    'an attribute value nested deeper than 64 levels is cut there',
  ],
])('%s: what was assumed is a note of the report', async (_, content, note) => {
  expect((await load(content)).file?.notes).toContain(note)
})

test('ids that no tracer writes are left out, and an example shows the line as it is', async () => {
  const { source, range, file } = await load(
    [
      '{"time":"2026-11-02T14:00:00Z","message":"a","trace_id":1e400,"span_id":-5}',
      '{"time":"2026-11-02T14:00:01Z","message":"b","trace_id":255,"span_id":1.5}',
      '{"time":99999999999999999999,"message":"c"}',
    ].join('\n'),
  )
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  expect(frameToJsonTable(table).rows.map((row) => [row['traceId'], row['spanId']])).toEqual([
    ['', ''],
    ['ff'.padStart(32, '0'), ''],
  ])
  expect(file?.skipped).toMatchObject([{ line: 3, example: '{"time":99999999999999999999,"message":"c"}' }])
})

test('an error answer of Jaeger says what it says', async () => {
  const answer = { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 404, msg: 'trace not found' }] }
  await expect(load(JSON.stringify(answer))).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('trace not found'),
  })
})

test('an event that repeats lasts until it was seen last: in the range of the import, and of a question about its end', async () => {
  const { source, range } = await load(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'pay-0', namespace: 'shop' },
      type: 'Warning',
      reason: 'BackOff',
      count: 40,
      firstTimestamp: '2026-11-02T13:10:00Z',
      lastTimestamp: '2026-11-02T13:20:00Z',
    }),
  )
  expect(range).toEqual({ from: '2026-11-02T13:10:00.000000000Z', to: '2026-11-02T13:20:00.000000001Z' })
  const seen = async (from: string) => {
    const within = { from, to: '2026-11-02T13:30:00Z' }
    return (await t.client.call('clusters.happenings', { range: within, sources: [source] })).table.rowCount
  }
  expect(await seen('2026-11-02T13:20:00Z')).toBe(1)
  expect(await seen('2026-11-02T13:20:00.000000001Z')).toBe(0)
})

test.each([
  ['kubectl logs --prefix', '[pod/web-7d9f8b6c5d-x2x7k/web] ', '[pod/cart-6c5d7d9f8b-bcdfg/cart] ', ['web', 'cart']],
  ['stern', 'web-7d9f8b6c5d-x2x7k web ', 'cart-6c5d7d9f8b-bcdfg cart ', ['web', 'cart']],
  ['docker compose logs', 'web-1   | ', 'cart-2  | ', ['web', 'cart']],
])(
  '%s: the container of each line is its service, and a stack trace stays with its own',
  async (_, web, cart, names) => {
    const { source, range, file } = await load(
      [
        `${web}2026-11-02T14:00:00Z ERROR no luck`,
        `${web}\tat com.shop.Pay.charge(Pay.java:12)`,
        `${cart}\tat com.shop.Cart.add(Cart.java:3)`,
        `${cart}2026-11-02T14:00:01Z INFO well`,
      ].join('\n'),
    )
    const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
    expect(frameToJsonTable(table).rows.map((row) => [row['service'], row['level'], row['body']])).toEqual([
      [names[0], 'error', 'no luck\n\tat com.shop.Pay.charge(Pay.java:12)'],
      [names[1], 'unknown', expect.stringContaining('Cart.java:3')],
      [names[1], 'info', 'well'],
    ])
    expect(file?.notes).toEqual([
      'line of another container without a time is kept with the time of the line before it',
    ])
  },
)

test('a logger’s level in front of a bar is no container; JSON behind a time is taken apart', async () => {
  const { source, range } = await load(
    [
      '2026-11-02T14:00:00.1Z {"level":"error","msg":"no luck","trace_id":"' + 'a'.repeat(32) + '","n":1}',
      '2026-11-02T14:00:00.2Z {"no":"message"}',
      '2026-11-02T14:00:00.3Z INFO | plain',
    ].join('\n'),
  )
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  expect(frameToJsonTable(table).rows).toMatchObject([
    { level: 'error', service: '', body: 'no luck', traceId: 'a'.repeat(32), attributes: { n: 1 } },
    { level: 'unknown', service: '', body: '{"no":"message"}' },
    { level: 'info', service: '' },
  ])
})

test.each([
  ['a StatefulSet', 'kafka-0 kafka ', 'kafka'],
  ['a DaemonSet', 'node-exporter-x2x7k exporter ', 'node-exporter'],
  ['a Job', 'backup-28391040-x2x7k dump ', 'backup'],
])('stern: the pod of %s has rows of its own', async (_, other, service) => {
  const web = 'web-7d9f8b6c5d-x2x7k web '
  const { source, range } = await load(
    [
      `${web}2026-11-02T14:00:00Z INFO well`,
      `${other}2026-11-02T14:00:01Z ERROR no luck`,
      `${other}\tat com.shop.Pay.charge(Pay.java:12)`,
      // two words that look alike and have no time behind them
      'step-1 done as told',
      `${web}2026-11-02T14:00:02Z INFO well again`,
      `${other}\tat com.shop.Pay.late(Pay.java:13)`,
    ].join('\n'),
  )
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  expect(frameToJsonTable(table).rows.map((row) => [row['service'], row['level'], row['body']])).toEqual([
    ['web', 'info', 'well'],
    [service, 'error', 'no luck\n\tat com.shop.Pay.charge(Pay.java:12)\nstep-1 done as told'],
    ['web', 'info', 'well again'],
    [service, 'unknown', expect.stringContaining('Pay.java:13')],
  ])
})

test.each([
  ['kubectl logs --prefix', '[pod/web-7d9f8b6c5d-x2x7k/web] '],
  ['stern', 'kafka-0 web '],
  ['docker compose logs', 'web-1   | '],
])('%s: JSON without a time of the runtime keeps its own', async (_, prefix) => {
  const long = 'x'.repeat(120_000)
  const { source, range, file } = await load(
    [
      `${prefix}{"ts":1793628000.5,"level":"warn","msg":"first","n":1,"service":"till"}`,
      `${prefix}{"time":"2026-11-02T14:00:01Z","severity":"ERROR","message":"second"}`,
      `${prefix}{"level":"info","msg":"no time"}`,
      `${prefix}{"time":"2026-11-02T14:00:02Z","msg":"third","long":"${long}"}`,
    ].join('\n'),
  )
  expect(file?.format).toBe('plain-log')
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  const rows = frameToJsonTable(table).rows
  expect(rows.map((row) => [row['time'], row['level'], row['body']])).toEqual([
    ['2026-11-02T14:00:00.500000000Z', 'warn', 'first'],
    ['2026-11-02T14:00:01.000000000Z', 'error', 'second'],
    ['2026-11-02T14:00:01.000000000Z', 'info', 'no time'],
    ['2026-11-02T14:00:02.000000000Z', 'unknown', 'third'],
  ])
  expect(rows[0]).toMatchObject({ service: 'till', attributes: { n: 1 } })
  expect(rows[3]).toMatchObject({ attributes: { long } })
  expect(file?.notes).toEqual(['JSON record without a time is kept with the time of the line before it'])
})

test('what stands in front of a JSON message counts where the record says nothing', async () => {
  const { source, range, file } = await load(
    [
      '2026-11-02T14:00:00Z ERROR {"msg":"no luck"}',
      '2026-11-02T14:00:00.5Z INFO plain words',
      '2026-11-02T14:00:01Z ERROR {"level":"debug","msg":"its own"}',
      '2026-11-02T14:00:02Z INFO {"level":"loud","msg":"unknown word"}',
    ].join('\n'),
  )
  expect(file?.format).toBe('plain-log')
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  expect(frameToJsonTable(table).rows.map((row) => [row['level'], row['body']])).toEqual([
    ['error', 'no luck'],
    ['info', 'plain words'],
    ['debug', 'its own'],
    ['info', 'unknown word'],
  ])
})

// Five hundred telemetry files that mean harm, made by a seed: markup, escapes, formulas, climbing names and secrets in
// every text; bombs, huge dictionaries, deep nesting, noise. Each is taken, counted or refused with a code; what was
// taken comes back to the letter; nothing of a secret is in a log or an error; the engine lives.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { answerToJson } from '../../src/shared/contract/json.ts'
import { LONG, randomOf, SEED } from '../durability/support.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { HOSTILE_TEXTS } from './schema-inputs.ts'

const CASES = LONG ? 500 : 40
const RANGE = { from: '2026-11-02T13:00:00Z', to: '2026-11-02T15:00:00Z' }
const TIME = '2026-11-02T14:00:00Z'
const NS = '1793628000000000000'
const SECRET = 'hunter2-5f0c9d1e-do-not-tell'

let folder: string
let t: TestEngine

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchdeck-telemetry-'))
  t = await startTestEngine({ modules: ALL_MODULES })
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const TEXTS = [
  ...HOSTILE_TEXTS.filter((text) => text.length < 100 && text.isWellFormed()),
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  'javascript:alert(1)',
  '[x](javascript:alert(1))',
  '=cmd|"/C calc"!A0',
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\u001B]8;;http://evil.example\u0007x\u001B]8;;\u0007',
  '\u200B\u200C\u2066\u2069\uFEFF',
]

type Draw = () => number
const pick = <T>(draw: Draw, from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T

function logLine(draw: Draw): Record<string, unknown> {
  return {
    timestamp: TIME,
    level: pick(draw, ['info', 'error', ...TEXTS]),
    service: pick(draw, TEXTS) || 'x',
    message: `m ${pick(draw, TEXTS)}`,
    [pick(draw, TEXTS) || 'k']: pick(draw, TEXTS),
    password: SECRET,
  }
}

function span(draw: Draw, i: number): unknown {
  return {
    traceId: (i + 1).toString(16).padStart(32, '0'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: pick(draw, TEXTS),
    kind: pick<unknown>(draw, [1, 2, 99, -1, 'x', null]),
    startTimeUnixNano: pick<unknown>(draw, [NS, Number(NS), '-1', '0', '9'.repeat(30), {}]),
    endTimeUnixNano: pick<unknown>(draw, [NS, '0', 'x']),
    attributes: [{ key: pick(draw, TEXTS), value: { stringValue: pick(draw, TEXTS) } }],
    status: { code: 2, message: pick(draw, TEXTS) },
  }
}

const KINDS: ReadonlyArray<readonly [string, (draw: Draw) => string | Buffer]> = [
  ['.ndjson', (draw) => Array.from({ length: 20 }, () => JSON.stringify(logLine(draw))).join('\n')],
  [
    '.log',
    (draw) => Array.from({ length: 20 }, () => `${TIME} ERROR ${pick(draw, TEXTS).replaceAll('\n', ' ')}`).join('\n'),
  ],
  [
    '.json',
    (draw) => {
      const spans = Array.from({ length: 10 }, (_, i) => span(draw, i))
      const resource = { attributes: [{ key: 'service.name', value: { stringValue: pick(draw, TEXTS) } }] }
      return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
    },
  ],
  [
    '.prom',
    (draw) =>
      Array.from(
        { length: 10 },
        (_, i) =>
          `x_${i}{l="${pick(draw, TEXTS).replaceAll(/["\\\n\r]/g, '')}"} ${pick(draw, ['1', 'NaN', '+Inf', '1e999', 'x'])} 1793628000`,
      ).join('\n'),
  ],
  ['.json', (draw) => `${'['.repeat(1 + Math.floor(draw() * 50_000))}`],
  ['.json', (draw) => `{"a":`.repeat(1 + Math.floor(draw() * 20_000))],
  [
    '.ndjson.gz',
    (draw) => gzipSync(`{"timestamp":"${TIME}","message":"${'x'.repeat(1000 + Math.floor(draw() * 5e6))}"}`),
  ],
  ['.gz', (draw) => gzipSync(Buffer.alloc(1e6 + Math.floor(draw() * 2e7)))],
  ['.gz', (draw) => gzipSync(JSON.stringify(logLine(draw))).subarray(0, 20 + Math.floor(draw() * 60))],
  [
    '.ndjson',
    (draw) => {
      const wide: Record<string, unknown> = { timestamp: TIME, message: 'wide', service: 'wide' }
      for (let i = 0; i < 3000; i++) wide[`k${i}-${Math.floor(draw() * 1e9)}`] = i
      return JSON.stringify(wide)
    },
  ],
  ['.bin', (draw) => Buffer.from(Array.from({ length: 3000 }, () => Math.floor(draw() * 256)))],
  [
    '.ndjson',
    () =>
      `{"timestamp":"${TIME}","message":"a","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
  ],
  [
    '.json',
    () =>
      JSON.stringify({
        kind: 'List',
        items: [{ kind: 'Pod', metadata: { name: '../../x', namespace: '<b>', creationTimestamp: TIME } }],
      }),
  ],
  [
    '.ndjson',
    (draw) => {
      const whole = Buffer.from(Array.from({ length: 5 }, () => JSON.stringify(logLine(draw))).join('\n'))
      for (let i = 0; i < 10; i++) whole[Math.floor(draw() * whole.length)] = Math.floor(draw() * 256)
      return whole
    },
  ],
]

test(`${CASES} files that mean harm are taken, counted or refused (seed ${SEED})`, { timeout: 1_200_000 }, async () => {
  const draw = randomOf(SEED)
  const codes = new Set<string>()
  for (let i = 0; i < CASES; i++) {
    const [ext, make] = KINDS[i % KINDS.length] as (typeof KINDS)[number]
    const path = join(folder, `case-${i}${ext}`)
    writeFileSync(path, make(draw))
    for (const ask of [
      () => t.client.call('import.preview', { paths: [path] }),
      () => t.client.call('import.run', { paths: [path], source: `source ${i % 10}` }),
    ]) {
      const answer: unknown = await ask().catch((error: unknown) => error)
      if (!(answer instanceof Error)) continue
      expect([i, ext, answer instanceof WatchdeckError ? answer.code : String(answer)]).toEqual([
        i,
        ext,
        expect.stringMatching(/^(corrupt|invalid_input|unsupported|limit_exceeded)$/),
      ])
      expect(JSON.stringify((answer as WatchdeckError).toShape())).not.toMatch(/\n {4}at |node_modules/)
      if (answer instanceof WatchdeckError) codes.add(answer.code)
    }
    rmSync(path)
  }
  expect(codes.has('corrupt')).toBe(true)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  expect(readdirSync(folder)).toEqual([])
  expect(await t.client.call('system.ping', {})).toMatchObject({ time: expect.any(String) })
})

test('hostile texts come back to the letter, and a spreadsheet takes none of them for a formula', async () => {
  const path = join(folder, 'texts.ndjson')
  const bodies = TEXTS.filter((text) => text.trim() !== '')
  writeFileSync(
    path,
    bodies.map((message) => JSON.stringify({ timestamp: TIME, level: 'info', service: 'texts', message })).join('\n'),
  )
  const { source } = await t.client.call('import.run', { paths: [path], source: 'texts' })
  const answer = answerToJson(await t.client.call('logs.search', { range: RANGE, sources: [source], limit: 1000 }))
  const found = (answer as { rows: Array<{ body: string }> }).rows.map((row) => row.body)
  expect(found.sort()).toEqual([...bodies].sort())
  const out = join(folder, 'texts.csv')
  await t.client.call('export.run', { sources: [source], format: 'csv', kinds: ['logs'], path: out })
  const csv = readFileSync(out, 'utf8')
  expect(csv.split('\n').slice(1).join('\n')).not.toMatch(/(^|,)"?[=+@-][^0-9,"]/m)
})

test('secrets planted in what is asked and imported are in no log line, error or job', async () => {
  await using t = await startTestEngine({ modules: ALL_MODULES })
  const path = join(folder, 'secret.ndjson')
  writeFileSync(
    path,
    `{"timestamp":"${TIME}","message":"login","password":"${SECRET}","authorization":"Bearer ${SECRET}"}\n{"message":"half","password":"${SECRET}",`,
  )
  await t.client.call('import.run', { paths: [path], source: 'secret' })
  const asked: unknown[] = []
  for (const [method, input] of [
    ['file.verify', { path: join(folder, 'none.watchdeck'), passphrase: SECRET }],
    ['file.open', { path, passphrase: SECRET }],
    ['sources.add', { kind: 'prometheus', name: 'x', url: `http://u:${SECRET}@127.0.0.1:9` }],
    [
      'sources.test',
      { spec: { kind: 'prometheus', name: 'x', url: 'http://127.0.0.1:9', auth: { type: 'bearer', token: SECRET } } },
    ],
    ['sources.list', {}],
    ['jobs.list', {}],
    ['system.info', {}],
  ] as const)
    asked.push(
      await t.engine
        .dispatcher('test')
        .call(method, input, { signal: new AbortController().signal, progress: () => undefined })
        .catch((error: unknown) => (error instanceof WatchdeckError ? error.toShape() : String(error))),
    )
  expect(JSON.stringify(asked)).not.toContain(SECRET)
  expect(JSON.stringify(t.logLines)).not.toContain(SECRET)
  for (const name of readdirSync(join(t.dataDir, 'logs')))
    expect(readFileSync(join(t.dataDir, 'logs', name), 'utf8')).not.toContain(SECRET)
  expect(readFileSync(join(t.dataDir, 'catalog.sqlite')).includes(SECRET)).toBe(false)
})

// One suite for every source of traces: spans that were stored, that stand in an opened incident file, and that a live Jaeger
// or Zipkin of any version answers, give the same answers to the same questions. The demo's shop is what all of them hold.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import type { MethodInput, MethodsOfKind } from '../../src/shared/contract/index.ts'
import { answerToJson } from '../../src/shared/contract/json.ts'
import { columnNamed, cell } from '../../src/shared/frame/frame.ts'
import { Collector } from '../../src/shared/wire/collector.ts'
import { jaegerReader } from '../../src/shared/wire/jaeger.ts'
import { otlpDocumentReader, otlpLinesReader } from '../../src/shared/wire/otlp/reader.ts'
import type { ReadOptions, WireReader } from '../../src/shared/wire/reader.ts'
import { zipkinReader } from '../../src/shared/wire/zipkin.ts'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { startFaultServer } from '../support/fault-server.ts'
import { type Shape, traceBackend } from '../support/trace-backends.ts'

type Format = 'otlp-json' | 'jaeger-json' | 'zipkin-json'
const READERS: Readonly<Record<Format, (options: ReadOptions) => WireReader>> = {
  'otlp-json': otlpDocumentReader,
  'jaeger-json': jaegerReader,
  'zipkin-json': zipkinReader,
}

let t: TestEngine
let folder: string
let spans: readonly SpanRow[]
let traceId = ''
/** the same spans as each format can say them, imported */
const baseline = new Map<Format, string>()
const inside = { from: '2026-11-02T14:40:00Z', to: '2026-11-02T15:10:00Z' }
const before = { from: '2026-11-02T14:10:00Z', to: '2026-11-02T14:40:00Z' }

function read(bytes: Uint8Array, open: (options: ReadOptions) => WireReader): SpanRow[] {
  const into = new Collector()
  const reader = open({ into, fileTime: 0n })
  reader.push(bytes)
  reader.end()
  return into.spans
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-trace-sources-'))
  t = await startTestEngine({ modules: ALL_MODULES })
  const demo = await t.client.call('demo.create', { seed: 1, scale: 0.03 })
  for (const format of ['otlp-json', 'jaeger-json', 'zipkin-json'] as const) {
    const path = join(folder, `${format}.json`)
    await t.client.call('export.run', { sources: [demo.source], kinds: ['traces'], format, path })
    const { source } = await t.client.call('import.run', { paths: [path], source: format })
    baseline.set(format, source)
    if (format === 'otlp-json') {
      const bytes = await readFile(path)
      const lines = read(bytes, otlpLinesReader)
      spans = lines.length > 0 ? lines : read(bytes, READERS[format])
    }
  }
  const { table } = await t.client.call('traces.search', {
    range: inside,
    orderBy: 'duration',
    limit: 1,
    sources: [demo.source],
  })
  traceId = cell(columnNamed(table, 'traceId'), 0) as string
}, 180_000)

afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

type Query = Extract<MethodsOfKind<'query'>, `${'services' | 'traces'}.${string}`>
type Question = { [M in Query]: readonly [M, () => MethodInput<M>] }[Query]
const QUESTIONS: readonly Question[] = [
  ['traces.search', () => ({ range: inside, limit: 50 })],
  ['traces.search', () => ({ range: inside, service: 'payment', status: 'error' as const, limit: 50 })],
  ['traces.search', () => ({ range: inside, service: 'checkout', minDuration: '200ms', limit: 1000 })],
  ['traces.search', () => ({ range: inside, service: 'checkout', maxDuration: '20ms', limit: 1000 })],
  ['traces.search', () => ({ range: inside, attributes: { 'http.request.method': 'POST' }, limit: 50 })],
  ['traces.search', () => ({ range: inside, service: 'catalog', attributes: { 'k8s.pod.name': '!x' }, limit: 50 })],
  ['traces.search', () => ({ range: inside, text: 'timeout', orderBy: 'duration' as const, limit: 50 })],
  ['traces.search', () => ({ range: inside, rootOnly: true, minDuration: '1s', limit: 50 })],
  ['traces.scatter', () => ({ range: inside })],
  ['traces.get', () => ({ traceId })],
  ['traces.header', () => ({ traceId })],
  ['traces.header', () => ({ traceId, times: 'adjusted' })],
  ['traces.waterfall', () => ({ traceId, limit: 50 })],
  ['traces.flame', () => ({ traceId })],
  ['traces.stats', () => ({ range: inside, groupBy: ['service', 'attr:k8s.node.name'] })],
  ['traces.differences', () => ({ range: inside, selection: { status: 'error' as const } })],
  [
    'traces.compareGroups',
    () => ({ a: { range: before }, b: { range: inside, filter: { status: 'error' as const } } }),
  ],
  ['traces.groupDifferences', () => ({ a: { range: before }, b: { range: inside } })],
  ['services.overview', () => ({ range: inside, compareTo: before })],
  ['services.sparklines', () => ({ range: inside, buckets: 20 })],
  ['services.map', () => ({ range: inside, compareTo: before })],
  ['services.changes', () => ({ range: inside, compareTo: before })],
]

/** The answer as JSON without what names the source itself. */
async function asked(question: Question, id: string): Promise<string> {
  const [method, input] = question
  const answer = await t.client.call(method, { ...input(), sources: [id] } as MethodInput<typeof method>)
  // a page of several sources goes on by the source's number, and a cursor begins with the digest of its question
  return JSON.stringify(answerToJson(answer))
    .replaceAll(id, 'SOURCE')
    .replaceAll(/"nextCursor":"(\w+\.-?\d+)\.\d+\./g, '"nextCursor":"$1.N.')
    .replaceAll(/"nextCursor":"[0-9a-f]+\./g, '"nextCursor":"DIGEST.')
}

const SHAPES: ReadonlyArray<readonly [Shape, Format]> = [
  ['1.6x', 'jaeger-json'],
  ['2.13', 'otlp-json'],
  ['2.20', 'otlp-json'],
  ['2.21', 'otlp-json'],
  ['2.20-cassandra', 'otlp-json'],
  ['2.13-cassandra-silent', 'otlp-json'],
  ['zipkin', 'zipkin-json'],
]

describe.each(SHAPES)('a live backend as %s answers', (shape, format) => {
  let server: Awaited<ReturnType<typeof startFaultServer>>
  let id: string
  beforeAll(async () => {
    server = await startFaultServer({ answerTo: traceBackend(shape, spans) })
    const made = await t.client.call('sources.add', {
      kind: shape === 'zipkin' ? 'zipkin' : 'jaeger',
      name: shape,
      url: server.url,
      limits: { traces: 100_000, perSecond: 1000 },
    })
    id = made.id
  })
  afterAll(async () => {
    await t.client.call('sources.remove', { id })
    await server[Symbol.asyncDispose]()
  })

  for (const [n, question] of QUESTIONS.entries())
    test(`${n} ${question[0]} as the stored spans do`, async () => {
      expect(await asked(question, id)).toEqual(await asked(question, baseline.get(format) ?? ''))
    })
})

test('an opened incident file answers as what was saved into it', async () => {
  const source = baseline.get('otlp-json') ?? ''
  const { id } = await t.client.call('incidents.create', {
    title: 'saved',
    severity: 'minor',
    range: { from: before.from, to: inside.to },
    sources: [source],
  })
  const path = join(folder, 'saved.watchdeck')
  await t.client.call('file.save', { incident: id, path, redact: false })
  const opened = await t.client.call('file.open', { path })
  for (const question of QUESTIONS) expect(await asked(question, opened.source)).toEqual(await asked(question, source))
})

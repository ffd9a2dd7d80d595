// Live tables and an opened incident file are the same thing: every question has the same answer on both.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { columnNamed, cell } from '../../src/shared/frame/frame.ts'
import { answerToJson } from '../../src/shared/contract/json.ts'
import type { MethodInput, MethodsOfKind } from '../../src/shared/contract/index.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

let home: TestEngine
let away: TestEngine
let folder: string
let source = { home: '', away: '' }
let range = { from: '', to: '' }
let traceId = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-recorded-'))
  home = await startTestEngine({ modules: ALL_MODULES })
  away = await startTestEngine({ modules: ALL_MODULES })
  const made = await home.client.call('demo.create', { seed: 1, scale: 0.05 })
  const path = join(folder, 'demo.watchdeck')
  await home.client.call('file.save', { incident: made.incident ?? '', path, redact: false })
  const opened = await away.client.call('file.open', { path })
  source = { home: made.source, away: opened.source }
  range = { from: made.from, to: made.to }
  const { table } = await home.client.call('traces.search', { range, orderBy: 'duration', limit: 1 })
  traceId = cell(columnNamed(table, 'traceId'), 0) as string
}, 120_000)

afterAll(async () => {
  await home[Symbol.asyncDispose]()
  await away[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const inside = { from: '2026-11-02T14:40:00Z', to: '2026-11-02T15:10:00Z' }
const before = { from: '2026-11-02T14:10:00Z', to: '2026-11-02T14:40:00Z' }

type Room = 'services' | 'traces' | 'logs' | 'metrics' | 'clusters'
type Query = Extract<MethodsOfKind<'query'>, `${Room}.${string}`>
type Question = { [M in Query]: readonly [M, () => MethodInput<M>] }[Query]
const QUESTIONS: readonly Question[] = [
  ['services.overview', () => ({ range: inside, compareTo: before })],
  ['services.sparklines', () => ({ range, buckets: 20 })],
  ['services.map', () => ({ range: inside, compareTo: before })],
  ['services.changes', () => ({ range: inside, compareTo: before })],
  ['traces.search', () => ({ range, limit: 50 })],
  ['traces.search', () => ({ range: inside, service: 'payment', status: 'error' as const, limit: 50 })],
  [
    'traces.search',
    () => ({ range, attributes: { 'http.request.method': 'POST' }, orderBy: 'duration' as const, limit: 50 }),
  ],
  ['traces.scatter', () => ({ range: inside })],
  ['traces.get', () => ({ traceId })],
  ['traces.header', () => ({ traceId })],
  ['traces.waterfall', () => ({ traceId, limit: 50 })],
  ['traces.flame', () => ({ traceId })],
  ['traces.stats', () => ({ range: inside, groupBy: ['service', 'attr:k8s.node.name'] })],
  ['traces.differences', () => ({ range: inside, selection: { status: 'error' as const } })],
  ['traces.keys', () => ({ range })],
  ['traces.values', () => ({ range, key: 'service' })],
  ['logs.search', () => ({ range, query: 'level>=warn payment', limit: 100 })],
  ['logs.histogram', () => ({ range, buckets: 30 })],
  ['logs.fields', () => ({ range, query: 'level>=error' })],
  ['logs.count', () => ({ range, query: '/timeout|deadline/' })],
  ['metrics.search', () => ({ limit: 500 })],
  ['metrics.labels', () => ({})],
  ['metrics.series', () => ({ selector: 'http_requests_total' })],
  ['metrics.query', () => ({ range: inside, step: '30s', query: 'sum by (job) (rate(http_requests_total[2m]))' })],
  ['metrics.lane', () => ({ range, query: 'kafka_consumergroup_lag', width: 300 })],
  ['metrics.exemplars', () => ({ range, query: 'http_request_duration_seconds_bucket' })],
  ['clusters.objects', () => ({ range })],
  ['clusters.happenings', () => ({ range })],
]

/** The answer as JSON without what names the source itself; a cursor is bound to its question, which names it. */
async function asked(t: TestEngine, question: Question, id: string): Promise<string> {
  const [method, input] = question
  const answer = await t.client.call(method, { ...input(), sources: [id] } as MethodInput<typeof method>)
  return JSON.stringify(answerToJson(answer))
    .replaceAll(id, 'SOURCE')
    .replace(/"nextCursor":"[0-9a-f]+\./, '"nextCursor":"')
}

describe('a recorded source answers as the live one did', () => {
  for (const [index, question] of QUESTIONS.entries())
    test(`${question[0]} (${index + 1})`, async () => {
      const [live, recorded] = [await asked(home, question, source.home), await asked(away, question, source.away)]
      // an empty answer on both sides would prove nothing
      expect(live).toMatch(/[1-9]/)
      expect(live).not.toMatch(/"(rows|series)":\[\]|^\{"count":0/)
      expect(JSON.parse(recorded)).toEqual(JSON.parse(live))
    })
})

// One suite for every source of logs and of objects: what a demo made, the same lines stored from an import, and both as an
// opened incident file holds them, give the same answers to the same questions; so does the interface that a live backend
// will answer by. Streams have no source yet.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HeldObjects } from '../../src/main/clusters/held.ts'
import { HeldLogs } from '../../src/main/logs/held.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import type { MethodInput, MethodsOfKind } from '../../src/shared/contract/index.ts'
import { answerToJson } from '../../src/shared/contract/json.ts'
import type { EpochNs } from '../../src/shared/base/time.ts'
import type { LogSource, ObjectSource } from '../../src/shared/domain/record-sources.ts'
import { cell, columnNamed, type Frame } from '../../src/shared/frame/frame.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

const inside = { from: '2026-11-02T14:40:00Z', to: '2026-11-02T15:10:00Z' }
const RANGE = {
  from: (BigInt(Date.parse(inside.from)) * 1_000_000n) as EpochNs,
  to: (BigInt(Date.parse(inside.to)) * 1_000_000n) as EpochNs,
}

let t: TestEngine
let folder: string
/** by who holds them */
const holders = new Map<string, string>()
let uid = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-log-sources-'))
  t = await startTestEngine({ modules: ALL_MODULES })
  const demo = await t.client.call('demo.create', { seed: 1, scale: 0.03 })
  holders.set('demo', demo.source)
  const path = join(folder, 'logs.json')
  await t.client.call('export.run', { sources: [demo.source], kinds: ['logs'], format: 'otlp-json', path })
  holders.set('store', (await t.client.call('import.run', { paths: [path], source: 'logs' })).source)
  for (const name of ['demo', 'store']) {
    const { id } = await t.client.call('incidents.create', {
      title: name,
      severity: 'minor',
      range: { from: '2026-11-02T14:00:00Z', to: '2026-11-02T16:00:00Z' },
      sources: [holders.get(name) ?? ''],
    })
    const saved = join(folder, `${name}.watchdeck`)
    await t.client.call('file.save', { incident: id, path: saved, redact: false })
    holders.set(`file of the ${name}`, (await t.client.call('file.open', { path: saved })).source)
  }
  const { table } = await t.client.call('clusters.objects', {
    range: inside,
    kind: 'Deployment',
    sources: [demo.source],
  })
  uid = cell(columnNamed(table, 'uid'), 0) as string
}, 180_000)

afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

type Query = Extract<MethodsOfKind<'query'>, `${'logs' | 'clusters'}.${string}`>
type Question = { [M in Query]: readonly [M, () => MethodInput<M>] }[Query]

const NOTHING = 'nothing-like-this'
const queryOf = ([, input]: Question): unknown => Reflect.get(input(), 'query')
const isNothing = (answer: string): boolean => /"rowCount":0,|"rows":\[\]|^\{"count":0,/.test(answer)

const LOGS: readonly Question[] = [
  ['logs.search', () => ({ range: inside, limit: 50 })],
  ['logs.search', () => ({ range: inside, order: 'asc' as const, limit: 50 })],
  ['logs.search', () => ({ range: inside, query: 'level:error', limit: 100 })],
  ['logs.search', () => ({ range: inside, query: 'service:payment AND NOT level:info', limit: 100 })],
  ['logs.search', () => ({ range: inside, query: 'timeout OR refused', limit: 100 })],
  ['logs.search', () => ({ range: inside, query: '/time.*out/', limit: 100 })],
  ['logs.search', () => ({ range: inside, query: 'trace_id:*', limit: 20 })],
  ['logs.search', () => ({ range: inside, query: NOTHING, limit: 20 })],
  ['logs.histogram', () => ({ range: inside, buckets: 30 })],
  ['logs.histogram', () => ({ range: inside, query: 'level:error', buckets: 7 })],
  ['logs.count', () => ({ range: inside })],
  ['logs.count', () => ({ range: inside, query: 'level>=warn' })],
  ['logs.fields', () => ({ range: inside, query: 'service:checkout' })],
]
const OBJECTS: readonly Question[] = [
  ['clusters.objects', () => ({ range: inside })],
  ['clusters.objects', () => ({ range: inside, kind: 'Pod', limit: 3 })],
  ['clusters.objects', () => ({ range: inside, text: 'pay' })],
  ['clusters.object', () => ({ uid })],
  ['clusters.object', () => ({ uid, range: inside })],
  ['clusters.happenings', () => ({ range: inside })],
  ['clusters.happenings', () => ({ range: inside, kinds: ['alert' as const] })],
]

/** The answer as JSON without what names the source itself: its id, its number in ids of lines and in cursors. */
async function asked(question: Question, holder: string): Promise<string> {
  const [method, input] = question
  const id = holders.get(holder) ?? ''
  const answer = await t.client.call(method, { ...input(), sources: [id] } as MethodInput<typeof method>)
  const text = JSON.stringify(answerToJson(answer), (name, value: unknown) => (name === 'nextCursor' ? 'NEXT' : value))
  return text.replaceAll(id, 'SOURCE').replaceAll(/"\d{1,9}-\d{1,19}"/g, '"LINE"')
}

describe.each(['store', 'file of the demo', 'file of the store'])('logs of a %s', (holder) => {
  for (const [n, question] of LOGS.entries())
    test(`${n} ${question[0]} as the demo does`, async () => {
      const answer = await asked(question, holder)
      expect(answer).toEqual(await asked(question, 'demo'))
      // nothing would be equal to nothing
      expect([question, isNothing(answer)]).toEqual([question, queryOf(question) === NOTHING])
    })
})

describe('objects of a file of the demo', () => {
  for (const [n, question] of OBJECTS.entries())
    test(`${n} ${question[0]} as the demo does`, async () => {
      expect(await asked(question, 'file of the demo')).toEqual(await asked(question, 'demo'))
    })
})

const asking = { signal: new AbortController().signal, view: 'conformance' }
const values = (frame: Frame, name: string) =>
  Array.from({ length: frame.rowCount }, (_, row) => cell(columnNamed(frame, name), row))

describe.each(['demo', 'store', 'file of the demo', 'file of the store'])('a source of logs: %s', (holder) => {
  const open = (): LogSource => new HeldLogs(t.stores.telemetry, [holders.get(holder) ?? ''])

  test('pages are the whole list once, in the order asked, newest or oldest first', async () => {
    const whole = await open().search({ range: RANGE, query: 'level:error', order: 'desc', limit: 5000 }, asking)
    expect(whole.next).toBeUndefined()
    expect(whole.lines.rowCount).toBeGreaterThan(10)
    expect(whole.completeness).toEqual({ complete: true, missing: [] })
    const times = values(whole.lines, 'time') as bigint[]
    expect(times).toEqual([...times].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)))
    for (const time of times) expect(time >= RANGE.from && time < RANGE.to).toBe(true)
    const ids: unknown[] = []
    let after: string | undefined
    do {
      const page = await open().search({ range: RANGE, query: 'level:error', order: 'desc', limit: 7, after }, asking)
      ids.push(...values(page.lines, 'id'))
      after = page.next
      expect(page.completeness.truncated).toEqual(after === undefined ? undefined : { returned: 7 })
    } while (after !== undefined)
    expect(ids).toEqual(values(whole.lines, 'id'))
    const turned = await open().search({ range: RANGE, query: 'level:error', order: 'asc', limit: 5000 }, asking)
    expect(values(turned.lines, 'id')).toEqual([...ids].reverse())
  })

  test('the counts of buckets are the count, which is the number of lines', async () => {
    const { count } = await open().count({ range: RANGE, query: 'level:error' }, asking)
    const { counts } = await open().histogram({ range: RANGE, query: 'level:error', buckets: 13 }, asking)
    const { lines } = await open().search({ range: RANGE, query: 'level:error', order: 'desc', limit: 5000 }, asking)
    expect((values(counts, 'count') as bigint[]).reduce((sum, n) => sum + n, 0n)).toBe(BigInt(count))
    expect(new Set(values(counts, 'time')).size).toBe(13)
    expect(lines.rowCount).toBe(count)
  })

  test('a query that cannot be read is refused, and who leaves is let go', async () => {
    await expect(open().count({ range: RANGE, query: '(' }, asking)).rejects.toMatchObject({ code: 'invalid_input' })
    const gone = { signal: AbortSignal.abort(), view: 'conformance' }
    await expect(open().count({ range: RANGE, query: '' }, gone)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe.each(['demo', 'file of the demo'])('a source of objects: %s', (holder) => {
  const open = (): ObjectSource => new HeldObjects(t.stores.telemetry, [holders.get(holder) ?? ''])

  test('pages are the whole list once, and narrowed ones are part of it', async () => {
    const whole = await open().objects({ range: RANGE, limit: 5000 }, asking)
    expect(whole.next).toBeUndefined()
    const uids: unknown[] = []
    let after: string | undefined
    do {
      const page = await open().objects({ range: RANGE, limit: 5, after }, asking)
      uids.push(...values(page.objects, 'uid'))
      after = page.next
    } while (after !== undefined)
    expect(uids).toEqual(values(whole.objects, 'uid'))
    const pods = await open().objects({ range: RANGE, kind: 'Pod', limit: 5000 }, asking)
    expect(pods.objects.rowCount).toBeGreaterThan(0)
    expect(pods.objects.rowCount).toBe(values(whole.objects, 'kind').filter((kind) => kind === 'Pod').length)
  })

  test('versions are told oldest first, the newest of too many, none of what is not known', async () => {
    const all = await open().versions({ uid, range: undefined, limit: 100 }, asking)
    expect(all).toMatchObject({ more: false, completeness: { complete: true } })
    const times = all.versions.map(({ time }) => time)
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)))
    const one = await open().versions({ uid, range: undefined, limit: 1 }, asking)
    expect(one.more).toBe(all.versions.length > 1)
    expect(one.versions.at(-1)).toEqual(all.versions.at(-1))
    expect((await open().versions({ uid: 'nobody', range: undefined, limit: 1 }, asking)).versions).toEqual([])
  })
})

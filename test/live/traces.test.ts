// The traces and services methods on a real Jaeger and a real Zipkin, which were sent the same traces as an SDK would.

import { beforeAll, describe, expect, test } from 'vitest'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import type { MethodInput } from '../../src/shared/contract/index.ts'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import type { TestEngine } from '../support/engine.ts'
import { LIVE, needs, startLiveEngine } from './support.ts'
import { arrived, odd, post, sendOtlp, sendZipkin, type Shop, shop } from './traces-support.ts'

const TRACES = 600
const BACKENDS = [
  {
    kind: 'jaeger',
    product: /^Jaeger with API v3|^Jaeger \d/,
    known: (s: Shop) => `api/v3/traces/${s.id(TRACES - 1)}`,
  },
  { kind: 'zipkin', product: /^Zipkin \d+\.\d+/, known: (s: Shop) => `api/v2/trace/${s.id(TRACES - 1)}` },
] as const

for (const { kind, product, known } of BACKENDS) {
  const url = LIVE[kind] ?? ''
  const otlp = LIVE.jaegerOtlp ?? url
  describe.skipIf(url === '')(`${kind} ${needs(kind)}`, () => {
    const sent = shop(TRACES, Date.now() + (kind === 'jaeger' ? 1 : 2))
    const range = { from: String(sent.from), to: String(sent.to) }
    const front = `front-${sent.mark}`
    const pay = `pay-${sent.mark}`
    beforeAll(async () => {
      await (kind === 'jaeger' ? sendOtlp(otlp, sent.spans) : sendZipkin(url, sent.spans))
      await arrived(`${url}/${known(sent)}`)
    })

    async function opened(limits: { traces?: number } = {}) {
      const t = await startLiveEngine()
      const { id } = await t.client.call('sources.add', { kind, name: 'lab', url, limits })
      return { t, id, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() }
    }
    const found = async (t: TestEngine, input: Omit<MethodInput<'traces.search'>, 'range'>) => {
      const answer = await t.client.call('traces.search', { range, ...input })
      return { rows: frameToJsonTable(answer.table).rows, completeness: answer.completeness, next: answer.nextCursor }
    }

    test('a test goes through every step and says product and version', async () => {
      await using t = await startLiveEngine()
      const { steps } = await t.client.call('sources.test', { spec: { kind, name: 'lab', url } })
      expect(steps.map((s) => [s.step, s.ok])).toEqual(
        ['settings', 'resolve', 'connect', 'auth', 'path', 'version', 'permissions', 'clock'].map((s) => [s, true]),
      )
      expect(steps.find((s) => s.step === 'version')?.message).toMatch(product)
    })

    test('every trace of a window is found, page by page, newest first, though one request tells two hundred', async () => {
      await using o = await opened()
      const ids: unknown[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await found(o.t, { service: front, limit: 250, ...(cursor === undefined ? {} : { cursor }) })
        ids.push(...page.rows.map((row) => row['traceId']))
        cursor = page.next
        if (cursor === undefined) break
      }
      expect(ids).toEqual(Array.from({ length: TRACES }, (_, n) => sent.id(TRACES - 1 - n)))
    })

    test('a search narrows by service, operation, duration, status and attribute', async () => {
      await using o = await opened()
      const slow = await found(o.t, { service: pay, operation: 'post /pay', minDuration: '500ms', limit: 1000 })
      expect(slow.rows.map((row) => row['traceId'])).toEqual(
        Array.from({ length: TRACES / 10 }, (_, n) => sent.id(TRACES - 10 - n * 10)),
      )
      expect(slow.completeness).toEqual({ complete: true, missing: [] })
      const failed = await found(o.t, { service: pay, status: 'error', limit: 1000 })
      expect(failed.rows.length).toBe(TRACES / 10)
      const one = await found(o.t, { attributes: { order: 'o-42' }, limit: 10, service: front })
      expect(one.rows.map((row) => [row['traceId'], row['spans'], row['rootOperation']])).toEqual([
        [sent.id(42), 3, 'get /order'],
      ])
    })

    test('a trace is opened by its id, with times to the microsecond and its tree', async () => {
      await using o = await opened()
      const { table } = await o.t.client.call('traces.get', { traceId: sent.id(10), sources: [o.id] })
      const rows = frameToJsonTable(table).rows
      const at = (ms: number) => new Date(Number(sent.from / 1_000_000n) + 10_000 + ms).toISOString().slice(0, -1)
      expect(
        rows.map((r) => [r['service'], r['operation'], r['kind'], r['status'], r['start'], r['durationNs']]),
      ).toEqual([
        [front, 'get /order', 'server', 'error', `${at(0)}000000Z`, 900_000_000],
        [front, 'post /pay', 'client', 'error', `${at(10)}000000Z`, 800_000_000],
        [pay, 'post /pay', 'server', 'error', `${at(12)}000000Z`, 790_000_000],
      ])
      const header = await o.t.client.call('traces.header', { traceId: sent.id(10), sources: [o.id] })
      expect([header.spans, header.depth, header.orphans, header.source]).toEqual([3, 2, 0, o.id])
      await expect(o.t.client.call('traces.get', { traceId: 'deadbeef', sources: [o.id] })).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    test('services are measured and mapped from its traces', async () => {
      await using o = await opened()
      const { table, completeness } = await o.t.client.call('services.overview', { range, sources: [o.id] })
      const rows = frameToJsonTable(table).rows.filter((row) => String(row['service']).endsWith(sent.mark))
      expect(rows.map((r) => [r['service'], r['requests'], r['errorRatio'], r['p50Ns']]).sort()).toEqual([
        [front, TRACES, 0.1, 100_000_000],
        [pay, TRACES, 0.1, 40_000_000],
      ])
      expect(completeness.complete).toBe(true)
      const map = await o.t.client.call('services.map', { range, sources: [o.id] })
      expect(map.edges.filter((e) => e.from === front).map((e) => [e.to, e.requests])).toEqual([[pay, TRACES]])
    })

    test('what the backend counts and measures itself is told where it does, and named where it does not', async () => {
      await using o = await opened({ traces: 50 })
      const map = await o.t.client.call('services.map', { range, sources: [o.id] })
      expect(map.completeness.missing.map(({ source }) => source)).toContain(o.id)
      // memory storages count on the spot
      const counted = map.edges.find((e) => e.from === front && e.to === pay)?.counted
      expect(counted).toMatchObject({ source: o.id, calls: expect.any(Number) })
      expect(counted?.calls).toBeGreaterThan(50)
      const measured = await o.t.client.call('services.measured', { range, sources: [o.id], services: [front] })
      // Zipkin never does; Jaeger where its configuration names a metrics storage
      const { measuring = [], without = [] } = measured.summary ?? {}
      expect([...measuring, ...without]).toEqual([o.id])
      if (kind === 'zipkin') expect(without).toEqual([o.id])
    })

    test('the limit of the source is kept, and what was not read is named', async () => {
      await using o = await opened({ traces: 100 })
      const { table, completeness } = await o.t.client.call('traces.scatter', {
        range,
        sources: [o.id],
        service: front,
      })
      expect(table.rowCount).toBeGreaterThanOrEqual(100)
      expect(table.rowCount).toBeLessThan(TRACES)
      expect(completeness.complete).toBe(false)
      expect(completeness.missing).toEqual([
        {
          source: o.id,
          from: expect.stringContaining(new Date(Number(sent.from / 1_000_000n)).toISOString().slice(0, 19)),
          to: expect.any(String),
          reason: expect.stringContaining('traces were read, the limit of the source'),
        },
      ])
    })

    test('several views of one window ask the backend once', async () => {
      await using o = await opened()
      const ask = { range, sources: [o.id] }
      await Promise.all([
        o.t.client.call('services.overview', ask),
        o.t.client.call('services.map', ask),
        o.t.client.call('services.sparklines', ask),
        o.t.client.call('traces.stats', { ...ask, groupBy: ['service'] }),
      ])
      const { sources } = await o.t.client.call('sources.health', { id: o.id })
      const asked = (sources[0]?.load ?? []).filter(({ view }) => view !== 'sources.health')
      expect(asked.filter(({ requests }) => requests > 0).length).toBe(1)
    })

    if (kind === 'jaeger')
      test('a list shows traces that are no plain trees as they were sent, by summaries too, and what it cannot read as missing (Jaeger 2, 4)', async () => {
        const { cases, from, mark, span, below } = odd(Date.now() + 5)
        const untimed = span(`${mark}${'e'.repeat(24)}`, 'with a child that has no start', {
          start: from + 10_000_000_000n,
        })
        const last = span(`${mark}${'f'.repeat(24)}`, 'last', { start: from + 20_000_000_000n })
        await sendOtlp(otlp, [
          ...cases.flatMap(({ spans }) => spans),
          untimed,
          below(untimed, 'child', { start: 0n }),
          last,
        ])
        await arrived(`${url}/api/v3/traces/${last.traceId}`)
        await using o = await opened()
        // what it is is asked beside the first question
        await o.t.client.call('traces.values', { range, key: 'service', limit: 1 })
        const flags = async () =>
          (await o.t.client.call('sources.health', { id: o.id })).sources[0]?.capabilities?.flags
        await expect.poll(flags).toBeDefined()
        const bySummaries = (await flags())?.['trace-summaries'] === true
        const list = async (at: bigint, ofIt: readonly SpanRow[]) => {
          const window = { from: String(at), to: String(at + 1_000_000_000n) }
          const { table, completeness } = await o.t.client.call('traces.search', { range: window, limit: 1000 })
          const ids = new Set(ofIt.map(({ traceId }) => traceId))
          return { rows: frameToJsonTable(table).rows.filter((row) => ids.has(String(row['traceId']))), completeness }
        }
        const { rows, completeness } = await list(
          from,
          cases.flatMap(({ spans }) => spans),
        )
        expect(completeness).toEqual({ complete: true, missing: [] })
        const NAMES = ['rootService', 'rootOperation', 'durationNs', 'spans', 'errors', 'services'] as const
        const shown = (traceId: string | undefined) => {
          const row = rows.find((each) => each['traceId'] === traceId)
          return row && NAMES.map((name) => row[name])
        }
        for (const { spans, row, summary } of cases)
          expect(shown(spans[0]?.traceId)).toEqual(bySummaries ? (summary ?? row) : row)
        // opened, it stays where it is, with what its spans say
        for (const { spans, row } of cases) {
          const header = await o.t.client.call('traces.header', { traceId: spans[0]?.traceId ?? '', sources: [o.id] })
          expect([header.spans, header.errors]).toEqual([row[3], row[4]])
        }
        expect(
          (
            await list(
              from,
              cases.flatMap(({ spans }) => spans),
            )
          ).rows,
        ).toHaveLength(cases.length)

        const half = await list(from + 10_000_000_000n, [untimed])
        expect(half.rows.map((row) => [row['rootOperation'], row['spans']])).toEqual([
          ['with a child that has no start', 1],
        ])
        expect(half.completeness.missing).toMatchObject([
          { source: o.id, reason: '1 spans could not be read: span without a start time' },
        ])
      })

    // the last one: it adds a trace to those that the others count
    test('a trace that was saved is taken by the backend again, and reads the same', async () => {
      await using o = await opened()
      const { text = '' } = await o.t.client.call('export.run', {
        traceId: sent.id(20),
        sources: [o.id],
        format: kind === 'jaeger' ? 'otlp-json' : 'zipkin-json',
      })
      // under an id of its own: a backend that has the trace already would prove nothing
      const again = sent.id(20).replace(/^.{8}/, 'cafe0000').replace(/.{8}$/, 'cafe0000')
      await post(kind === 'jaeger' ? `${otlp}/v1/traces` : `${url}/api/v2/spans`, text.replaceAll(sent.id(20), again))
      await arrived(`${url}/${kind === 'jaeger' ? 'api/v3/traces' : 'api/v2/trace'}/${again}`)
      const spans = async (traceId: string) => {
        const { table } = await o.t.client.call('traces.get', { traceId, sources: [o.id] })
        return frameToJsonTable(table).rows
      }
      expect(await spans(again)).toEqual(await spans(sent.id(20)))
    })
  })
}

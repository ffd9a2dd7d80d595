// Every table that takes a limit has a way on: its pages, one after another, are the rows of the whole answer.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { methodNames, methodSpec } from '../../src/shared/contract/index.ts'
import { fieldsOf } from '../../src/shared/contract/define.ts'
import type { Completeness } from '../../src/shared/domain/completeness.ts'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import { alertsModule } from '../../src/main/alerts/index.ts'
import { clustersModule } from '../../src/main/clusters/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { logsModule } from '../../src/main/logs/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { servicesModule } from '../../src/main/services/index.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../support/sample-telemetry.ts'

/** A window of the visible rows, a choice of points: `limit` is how many, and there is no order to go on in. */
const NOT_PAGED = ['traces.scatter', 'traces.waterfall']
/** Told by live backends alone, or not in the sample: an empty list, with the same code for its pages. */
const EMPTY_HERE = [
  'metrics.rules',
  'metrics.targets',
  'metrics.server',
  'alerts.list',
  'alerts.marks',
  'metrics.exemplars',
]

let t: TestEngine
const inputs: Record<string, object> = {}
beforeAll(async () => {
  t = await startTestEngine({
    modules: [alertsModule, clustersModule, incidentsModule, logsModule, metricsModule, servicesModule, tracesModule],
  })
  const source = await addSampleSource(t.stores)
  const range = SAMPLE_RANGE
  const found = frameToJsonTable((await t.client.call('traces.search', { range })).table).rows[0]
  const incident = { title: 'x', range, sources: [source] }
  const { id } = await t.client.call('incidents.create', { ...incident, severity: 'minor' })
  for (const markdown of ['one', 'two']) await t.client.call('incidents.note', { incident: id, markdown })
  const series = frameToJsonTable((await t.client.call('metrics.search', {})).table).rows[0]
  const everything = { a: { range }, b: { range, filter: { status: 'ok' as const } } }
  Object.assign(inputs, {
    'services.changes': { range },
    'traces.search': { range },
    'traces.get': { traceId: found?.['traceId'] },
    'traces.stats': { range, groupBy: ['service', 'operation', 'kind'] },
    'traces.differences': { range, selection: { minDuration: '1ms' } },
    'traces.compareGroups': everything,
    'traces.groupDifferences': everything,
    'traces.keys': { range },
    'traces.values': { range, key: 'operation' },
    'logs.search': { range },
    'logs.fields': { range },
    'metrics.search': {},
    'metrics.labels': {},
    'metrics.series': { selector: '{__name__=~".+"}' },
    'metrics.exemplars': { range, query: series?.['name'] },
    'metrics.cardinality': {},
    'metrics.rules': {},
    'metrics.targets': {},
    'metrics.server': {},
    'clusters.objects': { range },
    'clusters.happenings': { range },
    'alerts.list': { range },
    'alerts.marks': { range },
    'incidents.timeline': { incident: id },
  })
})
afterAll(() => t[Symbol.asyncDispose]())

const PAGED = methodNames().filter((name) => {
  const spec = methodSpec(name)
  return spec?.output.shape === 'table' && fieldsOf(spec.input)?.includes('limit') && !NOT_PAGED.includes(name)
})

interface Page {
  readonly rows: readonly unknown[]
  readonly nextCursor?: string | undefined
  readonly completeness: Completeness
}

async function page(method: string, more: object): Promise<Page> {
  // all of these methods answer alike; the engine checks the input against each one's own schema
  const answer = await t.client.call(method as 'logs.search', { ...inputs[method], ...more } as never)
  return { ...answer, rows: frameToJsonTable(answer.table).rows }
}

test.each(PAGED)('%s: its pages are the whole', async (method) => {
  const whole = await page(method, {})
  expect(whole.nextCursor).toBeUndefined()
  if (!EMPTY_HERE.includes(method)) expect(whole.rows.length).toBeGreaterThan(0)
  const limit = Math.max(1, Math.floor(whole.rows.length / 3))
  const rows: unknown[] = []
  let cursor: string | undefined
  do {
    const next = await page(method, { limit, ...(cursor === undefined ? {} : { cursor }) })
    rows.push(...next.rows)
    cursor = next.nextCursor
    // a page that is followed by another one says so
    if (cursor !== undefined) expect(next.completeness.truncated?.returned).toBe(next.rows.length)
    // and the last leaves nothing out
    else expect(next.completeness).toEqual(whole.completeness)
  } while (cursor !== undefined && rows.length <= whole.rows.length)
  // a timeline stands by time within a page
  if (method === 'incidents.timeline') expect(new Set(rows.map(text))).toEqual(new Set(whole.rows.map(text)))
  else expect(rows).toEqual(whole.rows)
  expect(rows).toHaveLength(whole.rows.length)
})

const text = (row: unknown) => JSON.stringify(row)

test('a cursor of another question is refused with what to do', async () => {
  const { nextCursor } = await page('traces.stats', { limit: 1 })
  expect(nextCursor).toBeTypeOf('string')
  await expect(page('traces.stats', { groupBy: ['service'], limit: 1, cursor: nextCursor })).rejects.toMatchObject({
    code: 'invalid_input',
    hint: 'Ask again without a cursor.',
  })
})

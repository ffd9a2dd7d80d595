// Logs over a real store: what is found, counted and shown around a line, and that SQL means what the reference means.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { parseLogQuery } from '../../shared/domain/log-query.ts'
import { matchesLogQuery } from '../../shared/domain/log-query-match.ts'
import { type LogRow, NO_ATTRIBUTES } from '../../shared/domain/telemetry.ts'
import { cell, columnNamed, type Frame } from '../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { logsModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const S = 1_000_000_000n
const at = (seconds: number) => String(T0 + BigInt(seconds) * S)
const RANGE = { from: at(0), to: at(1000) }

const WORDS = [
  'Timeout',
  'calling',
  'payment',
  'GET',
  '/api/cart',
  '503',
  'retry',
  'x_y',
  '100%',
  '数据库',
  'refused',
  'to\u212Aen',
  'po\u017Ft',
  'TOKEN',
]
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

function lines(count: number): LogRow[] {
  const next = random(7)
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T
  return Array.from({ length: count }, (_, i) => ({
    time: T0 + BigInt(Math.floor((i * 1000) / count)) * S,
    observedTime: 0n,
    severity: pick([0, 5, 9, 9, 9, 13, 17, 24]),
    service: pick(['cart', 'Payment', 'payment', '']),
    body: Array.from({ length: 4 }, () => pick(WORDS)).join(pick([' ', ' ', '\n'])),
    attributes: pick([
      NO_ATTRIBUTES,
      { values: { 'http.status_code': pick([200, 404, 503]), user: pick(['Ann', 'bob']) } },
      { values: { 'http.status_code': '5e2', 'a/b~c': 'x', flag: true, none: null } },
      { values: { list: [1, 2], 'n"q': 1.5 } },
    ]),
    resource: { attributes: { values: { 'k8s.pod.name': pick(['cart-1', 'cart-2']), user: 'res' } } },
    traceId: pick(['', '0af7651916cd43dd8448eb211c80319c', '00000000000000000000000000000abc']),
    spanId: pick(['', '00000000000000ff']),
  }))
}

const strings = (frame: Frame, name: string) =>
  Array.from({ length: frame.rowCount }, (_, i) => cell(columnNamed(frame, name), i))

describe('logs', () => {
  let t: TestEngine
  const rows = lines(2000)
  beforeAll(async () => {
    t = await startTestEngine({ modules: [logsModule] })
    const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(source.id)
    await writer.write({ kind: 'logs', rows })
    await writer.commit()
    t.stores.catalog.sources.update(source.id, { state: 'ready' })
  })
  afterAll(async () => {
    await t[Symbol.asyncDispose]()
  })

  it('pages through all lines in both orders without a gap or a repeat', async () => {
    for (const order of ['desc', 'asc'] as const) {
      const ids: unknown[] = []
      const times: unknown[] = []
      let cursor: string | undefined
      do {
        const page = await t.client.call('logs.search', {
          range: RANGE,
          query: 'payment',
          order,
          limit: 97,
          ...(cursor === undefined ? {} : { cursor }),
        })
        ids.push(...strings(page.table, 'id'))
        times.push(...strings(page.table, 'time'))
        expect(page.completeness).toEqual(
          page.nextCursor === undefined
            ? { complete: true, missing: [] }
            : { complete: true, missing: [], truncated: { returned: 97 } },
        )
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(ids.length).toBe(rows.filter((r) => r.body.includes('payment')).length)
      expect(new Set(ids).size).toBe(ids.length)
      expect(times).toEqual(
        [...times].sort((a, b) => Number((order === 'asc' ? 1n : -1n) * ((a as bigint) - (b as bigint)))),
      )
    }
  })

  it('answers with whole lines', async () => {
    const { table } = await t.client.call('logs.search', {
      range: RANGE,
      query: 'http.status_code:503 trace:*',
      limit: 1,
      order: 'asc',
    })
    const wanted = rows.find((r) => r.attributes.values['http.status_code'] === 503 && r.traceId !== '') as LogRow
    expect(frameToJsonTable(table).rows).toEqual([
      expect.objectContaining({
        level: expect.any(String),
        service: wanted.service,
        body: wanted.body,
        traceId: wanted.traceId,
        spanId: wanted.spanId,
        attributes: wanted.attributes.values,
        resource: wanted.resource.attributes.values,
      }),
    ])
  })

  const terms = [
    'timeout',
    'TIME',
    '"calling payment"',
    "'Timeout'",
    "'timeout'",
    'time*payment',
    'x?y',
    '100%',
    '"x_y"',
    '*%',
    'x\\_y',
    '数据',
    '/api/cart',
    '/time.*get/',
    '/^Timeout/c',
    '/50[0-9]$/',
    '/\\d+%/',
    '/(timeout|refused)/',
    '/cal+ing|数据/',
    '/(time)?out [cp]/',
    '/pa[xy]ment g/',
    '/token/',
    '/post/',
    'token',
    'POST',
    '503',
    '数据库',
    'ref*ed',
    'service:payment',
    "service:'payment'",
    'service:p*',
    'service:*',
    'level>=warn',
    'level:error',
    'level<info',
    'level:*',
    'level:unknown',
    'level:f*',
    'severity>=17',
    'http.status_code>=500',
    'http.status_code:5*',
    'http.status_code:503',
    'http.status_code<404',
    'user:ann',
    'user:*',
    "user:'Ann'",
    'user:res',
    'a/b~c:x',
    'flag:true',
    'none:*',
    'none:null',
    'list:*',
    'k8s.pod.name:cart-?',
    'k8s.pod.name:/1$/',
    'trace:abc',
    'trace:0af7651916cd43dd8448eb211c80319c',
    'trace:0af*',
    'trace:*',
    'span:ff',
    'span:*',
    'span:zz',
    'absent>3',
    'service>3',
    'body:refused',
  ]

  it('finds with SQL exactly the lines that the reference finds', async () => {
    const { tree } = fc.letrec<{ tree: string; both: string; not: string }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...terms), tie('both'), tie('not')),
      both: fc.tuple(tie('tree'), fc.constantFrom(' ', ' OR '), tie('tree')).map(([a, join, b]) => `(${a}${join}${b})`),
      not: tie('tree').map((item) => `NOT ${item}`),
    }))
    const check = async (text: string) => {
      const query = parseLogQuery(text)
      const expected = rows.filter((r) =>
        matchesLogQuery(query, { ...r, attributes: r.attributes.values, resource: r.resource.attributes.values }),
      )
      const { count } = await t.client.call('logs.count', { range: RANGE, query: text })
      expect([text, count]).toEqual([text, expected.length])
      const page = await t.client.call('logs.search', { range: RANGE, query: text, order: 'asc', limit: 5000 })
      expect(strings(page.table, 'body').sort()).toEqual(expected.map((r) => r.body).sort())
    }
    for (const term of terms) await check(term)
    await fc.assert(fc.asyncProperty(tree, check), { numRuns: 40 })
  }, 60_000)

  it('counts every bucket of the range and every level that occurs', async () => {
    const { table } = await t.client.call('logs.histogram', { range: RANGE, query: 'level>=warn', buckets: 10 })
    const cells = frameToJsonTable(table).rows as Array<{ time: string; level: string; count: number }>
    expect(new Set(cells.map((c) => c.time)).size).toBe(10)
    expect([...new Set(cells.map((c) => c.level))].sort()).toEqual(['error', 'fatal', 'warn'])
    expect(cells.reduce((sum, c) => sum + c.count, 0)).toBe(rows.filter((r) => r.severity >= 13).length)
    const empty = await t.client.call('logs.histogram', { range: RANGE, query: 'nothing-has-this', buckets: 4 })
    expect(frameToJsonTable(empty.table).rows.map((r) => [r.level, r.count])).toEqual(Array(4).fill(['unknown', 0]))
  })

  it('lists fields with exact counts and top values', async () => {
    const { table } = await t.client.call('logs.fields', { range: RANGE, query: 'level:error' })
    const found = frameToJsonTable(table).rows as Array<{
      field: string
      type: string
      present: number
      distinct: number
      top: Array<{ value: string; count: number }>
    }>
    const errors = rows.filter((r) => r.severity === 17)
    const pods = found.find((f) => f.field === 'k8s.pod.name')
    expect(pods).toMatchObject({ type: 'string', present: errors.length, distinct: 2 })
    expect(pods?.top.reduce((sum, v) => sum + v.count, 0)).toBe(errors.length)
    expect(found.find((f) => f.field === 'level')).toMatchObject({
      present: errors.length,
      top: [{ value: 'error', count: errors.length }],
    })
    const few = await t.client.call('logs.fields', { range: RANGE, limit: 2 })
    expect([few.table.rowCount, few.completeness.truncated]).toEqual([2, { returned: 2 }])
  })

  it('shows what stands around a line, of its service or of all', async () => {
    const all = await t.client.call('logs.search', { range: RANGE, order: 'asc', limit: 2000 })
    const ids = strings(all.table, 'id')
    const everyone = await t.client.call('logs.context', {
      id: String(ids[1000]),
      before: 3,
      after: 2,
      everyService: true,
    })
    expect(strings(everyone.table, 'id')).toEqual(ids.slice(997, 1003))
    const service = strings(all.table, 'service')
    const cart = ids.filter((_, i) => service[i] === 'cart')
    const own = await t.client.call('logs.context', { id: String(cart[100]), before: 2, after: 2 })
    expect(strings(own.table, 'id')).toEqual(cart.slice(98, 103))
  })

  it('refuses what it does not understand', async () => {
    await expect(t.client.call('logs.search', { range: RANGE, query: '(a' })).rejects.toMatchObject({
      code: 'invalid_input',
      details: { position: 0 },
    })
    await expect(t.client.call('logs.search', { range: RANGE, query: '/a{2000}/' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(t.client.call('logs.search', { range: RANGE, cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(t.client.call('logs.context', { id: '1-9999999999999999999' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(t.client.call('logs.context', { id: '1-99999999' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

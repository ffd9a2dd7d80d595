// Leaving out stretches that cannot match changes no answer: every query finds with it what it finds without.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { parseLogQuery } from '../../shared/domain/log-query.ts'
import type { LogRow } from '../../shared/domain/telemetry.ts'
import { filledSource, log, openTestStores, T0, type TestStores } from '../storage/testing.ts'
import { compileLogQuery } from './compile.ts'
import { Params } from './match-sql.ts'
import { needOf } from './need.ts'

const ROWS = 60_000
/** Each only in some stretches; the last few fold into ASCII, or have no case. */
const WORDS = [
  'zebra',
  'Zebra',
  'timeout',
  'kiss',
  'x_y',
  '503',
  '数据库',
  '数据',
  'to\u212Aen',
  'po\u017Ft',
  'B\u0130T',
  'Ünder',
  'ÜNDER',
]
const RANGE = { from: asEpochNs(T0), to: asEpochNs(T0 + BigInt(ROWS)) }

function line(i: number): LogRow {
  const stretch = Math.floor(i / 5000)
  const word = (i * 7919) % 613 === 0 ? WORDS[(stretch * 5 + i) % WORDS.length] : ''
  // time runs with the lines, with some late ones
  return log({
    time: T0 + BigInt(i % 97 === 0 ? Math.floor(i / 2) : i),
    body: `call ${i % 1009} of part ${stretch} ${word} done`,
  })
}

describe('leaving out what cannot match', () => {
  let stores: TestStores
  let source: string
  beforeAll(async () => {
    stores = await openTestStores()
    const rows = Array.from({ length: ROWS }, (_, i) => line(i))
    source = await filledSource(stores, { kind: 'logs', rows: rows.slice(0, 25_000) })
    const writer = await stores.telemetry.writer(source)
    // too few for a lot of their own
    await writer.write({ kind: 'logs', rows: rows.slice(25_000, 30_000) })
    await writer.commit()
    const later = await stores.telemetry.writer(source)
    await later.write({ kind: 'logs', rows: rows.slice(30_000) })
    await later.commit()
    await filledSource(stores, { kind: 'logs', rows: rows.slice(0, 3000) })
  })
  afterAll(() => stores[Symbol.asyncDispose]())

  async function found(query: string, range = RANGE, sources?: readonly string[]) {
    const scope = await stores.telemetry.scope(sources)
    const parsed = parseLogQuery(query)
    const params = new Params()
    const signal = new AbortController().signal
    const condition = await compileLogQuery(parsed, stores.telemetry, scope, params, signal)
    const rows = await stores.telemetry.narrowLogs(scope, needOf(parsed))
    const ids = (relation: string) =>
      stores.telemetry.rows(`SELECT source, id FROM ${relation} WHERE ${condition} ORDER BY source, id`, params.values)
    return {
      share: rows?.share ?? 1,
      with: await ids(scope.relation('logs', range, rows)),
      without: await ids(scope.relation('logs', range)),
    }
  }

  it.each([
    'zebra',
    '"PART 7 "',
    'kiss',
    'token',
    '/post/',
    'bit',
    '数据库',
    '/zebra|po.t/',
    'x_y',
    'z*bra',
    "'Zebra'",
    'ünder',
  ])('finds %s where it is', async (query) => {
    const answer = await found(query)
    expect(answer.without.length).toBeGreaterThan(0)
    expect(answer.with).toEqual(answer.without)
  })

  it('reads next to nothing for a word that is nowhere and to little for one that is rare', async () => {
    expect(await found('quagga')).toEqual({ share: 0, with: [], without: [] })
    expect((await found('"part 7 "')).share).toBeLessThan(0.2)
    expect((await found('/quagga\\d+/')).share).toBe(0)
    expect((await found('call')).share).toBe(1)
  })

  it('finds the same for every query, range and choice of sources', async () => {
    const term = fc.oneof(
      fc.constantFrom(...WORDS),
      fc.constantFrom(
        'quagga',
        'ZEBRA',
        '"part 1"',
        '"part 9 kiss"',
        "'Zebra'",
        '/zeb+ra/',
        '/(kiss|数据)/',
        '/po.t/',
        'tim*out',
        'body:kiss',
        'level>=info',
        'service:checkout',
        'ki',
      ),
    )
    const query = fc.letrec<{ q: string }>((tie) => ({
      q: fc.oneof(
        { maxDepth: 3 },
        term,
        fc.tuple(tie('q'), fc.constantFrom(' ', ' OR ', ' AND '), tie('q')).map((parts) => `(${parts.join('')})`),
        tie('q').map((q) => `NOT ${q}`),
      ),
    })).q
    const ends = fc.tuple(fc.nat(ROWS), fc.nat(ROWS))
    await fc.assert(
      fc.asyncProperty(query, ends, fc.boolean(), async (q, [a, b], one) => {
        const range = { from: asEpochNs(T0 + BigInt(Math.min(a, b))), to: asEpochNs(T0 + BigInt(Math.max(a, b))) }
        const answer = await found(q, range, one ? [source] : undefined)
        expect(answer.with).toEqual(answer.without)
      }),
      { numRuns: 50 },
    )
  })

  it('what is kept of lines goes with their source', async () => {
    await using old = await openTestStores()
    const gone = await filledSource(old, { kind: 'logs', rows: Array.from({ length: 40_000 }, (_, i) => line(i)) })
    await old.telemetry.deleteSource(gone)
    const rest = await old.telemetry.rows(
      'SELECT (SELECT count(*) FROM telemetry.main.log_words) + (SELECT count(*) FROM telemetry.main.log_blocks) AS n',
      [],
    )
    expect(rest).toEqual([{ n: 0n }])
  })
})

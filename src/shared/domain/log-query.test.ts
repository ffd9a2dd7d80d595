// The log query language: what reads as what, what is refused where, and that printing loses nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WatchdeckError } from '../base/errors.ts'
import { type LogMatch, type LogQuery, parseLogQuery, printLogQuery } from './log-query.ts'
import { matchesLogQuery, type QueriedLog } from './log-query-match.ts'

const log: QueriedLog = {
  service: 'payment',
  severity: 17,
  body: 'Timeout after 250 ms calling GET /api/cart?id=7',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  attributes: { 'http.status_code': 503, user: 'Ann', tags: ['a'], ok: true, none: null },
  resource: { 'k8s.pod.name': 'payment-7d9f8-x2', 'service.version': '1.4.2' },
}
const matches = (text: string) => matchesLogQuery(parseLogQuery(text), log)

describe('log query', () => {
  it.each([
    '',
    '*',
    'timeout',
    'TIME',
    '"after 250"',
    "'Timeout'",
    'time*calling',
    't?meout',
    '/after \\d+ ms/',
    '/^TIMEOUT/',
    '/^Timeout/c',
    '/api/cart',
    'service:payment',
    'service:PAY*',
    'service:(cart OR payment)',
    'level:error',
    'level>=warn',
    'level:err*',
    'level<=error',
    'severity>=17',
    'http.status_code:503',
    'http.status_code>=500',
    'http.status_code:>=500',
    'http.status_code:5*',
    'user:ann',
    "user:'Ann'",
    'k8s.pod.name:payment-*',
    'user:*',
    'none:*',
    'ok:true',
    'trace:0AF7651916CD43DD8448EB211C80319C',
    'trace:*',
    'span:b7ad*',
    'body:timeout',
    'message:"250 ms"',
    'timeout AND level:error',
    'timeout level:error',
    'nothing OR timeout',
    'NOT nothing',
    '-nothing',
    'timeout -service:cart',
    '(nothing OR timeout) -(cart2 OR warn)',
    'NOT NOT timeout',
    'service.version:1.4.2',
    'service.name:payment',
    'nothing AND x OR timeout',
  ])('finds the line with %s', (text) => expect(matches(text)).toBe(true))

  it.each([
    'nothing',
    "'timeout'",
    '"after  250"',
    '/^timeout/c',
    'service:pay',
    "user:'ann'",
    'level>error',
    'level<warn',
    'level:warn',
    'http.status_code<500',
    'user>=3',
    'none:null',
    'absent:*',
    '-timeout',
    'timeout nothing',
    'nothing OR -payment AND x',
    'trace:1',
  ])('does not find it with %s', (text) => expect(matches(text)).toBe(false))

  it('reads AND before OR, and joins what stands side by side', () => {
    const word = (text: string): LogQuery => ({ kind: 'text', match: { kind: 'plain', text, exactCase: false } })
    expect(parseLogQuery('a b OR NOT c')).toEqual({
      kind: 'or',
      items: [
        { kind: 'and', items: [word('a'), word('b')] },
        { kind: 'not', item: word('c') },
      ],
    })
  })

  it('takes what only looks like a field, a regex or an operator as words', () => {
    for (const text of [
      'http://shop/cart',
      '12:30:01',
      'a->b',
      'status=500',
      '/api/v1/cart',
      'and',
      'or',
      'a-b',
      '-',
      'C#',
    ])
      expect(parseLogQuery(text)).toEqual({ kind: 'text', match: { kind: 'plain', text, exactCase: false } })
  })

  it.each([
    ['(a', 0, /never closed/],
    ['a)', 1, /no opening/],
    ['"a', 0, /never closed/],
    ['a AND', 5, /missing at the end/],
    ['OR a', 0, /missing before OR/],
    ['()', 0, /nothing between/],
    ['a service:', 2, /no value/],
    ['level>=loud', 0, /not a level/],
    ['n>=many', 0, /compares numbers/],
    ['/a(?=b)/', 0, /look ahead/],
    ['/(a)\\1/', 0, /refer back/],
    ['/a(/', 0, /regular expression/],
    [`${'('.repeat(300)}a`, 200, /nested deeper/],
    [`${'-'.repeat(300)}a`, 200, /nested deeper/],
  ])('refuses %.20s and says where', (text, position, message) => {
    let caught: unknown
    try {
      parseLogQuery(text)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(WatchdeckError)
    expect(caught).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
      details: { position },
    })
  })

  const anyText = fc.string({ unit: 'binary', maxLength: 12 }).filter((t) => t.isWellFormed())
  const literal = fc.string({ minLength: 1, maxLength: 6 }).filter((t) => t.isWellFormed())
  const anyMatch: fc.Arbitrary<LogMatch> = fc.oneof(
    fc.record({ kind: fc.constant('plain' as const), text: anyText, exactCase: fc.boolean() }),
    fc
      .array(fc.oneof(literal, fc.constant(1 as const)), { minLength: 1, maxLength: 3 })
      .map((parts) => ({ kind: 'wildcard' as const, parts: parts.flatMap((p): Array<string | 0 | 1> => [0, p]) })),
    fc.record({
      kind: fc.constant('regex' as const),
      source: fc.constantFrom('a/b', '^x.*\\d$', '[a-c]+ ', 'q\\\\'),
      exactCase: fc.boolean(),
    }),
  )
  const field = fc.constantFrom('service', 'http.status_code', 'user', 'k8s.pod/name', 'Größe')
  const op = fc.constantFrom('>=' as const, '>' as const, '<=' as const, '<' as const)
  const leaf: fc.Arbitrary<LogQuery> = fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc.record({ kind: fc.constant('text' as const), match: anyMatch }),
    fc.record({ kind: fc.constant('field' as const), field, match: anyMatch }),
    fc.record({ kind: fc.constant('exists' as const), field }),
    fc.record({
      kind: fc.constant('compare' as const),
      field,
      op,
      value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => (v === 0 ? 0 : v)),
    }),
    fc.record({ kind: fc.constant('level' as const), op, level: fc.constantFrom('warn' as const, 'fatal' as const) }),
  )
  const { tree } = fc.letrec<{ tree: LogQuery; node: LogQuery }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, tie('node')),
    node: fc.oneof(
      tie('tree').map((item): LogQuery => ({ kind: 'not', item })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { minLength: 2, maxLength: 4 }))
        .map(([kind, items]): LogQuery => ({ kind, items: items.flatMap((i) => (i.kind === kind ? i.items : [i])) })),
    ),
  }))

  it('prints what it reads back the same', () => {
    fc.assert(
      fc.property(tree, (query) => {
        expect(parseLogQuery(printLogQuery(query))).toEqual(query)
      }),
      { numRuns: 500 },
    )
  })

  it('reads any text or refuses it with a code, and never anything else', () => {
    const soup = fc.array(
      fc.constantFrom(
        'a',
        ' ',
        '(',
        ')',
        '-',
        ':',
        '"',
        "'",
        '/',
        '\\',
        '*',
        '?',
        '>=',
        'AND ',
        'OR ',
        'NOT ',
        'level',
        '9',
      ),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          soup.map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            const query = parseLogQuery(text)
            expect(parseLogQuery(printLogQuery(query))).toEqual(query)
          } catch (error) {
            expect(error).toBeInstanceOf(WatchdeckError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

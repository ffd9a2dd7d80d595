// What redaction takes out of the questions of pins, and what it leaves so that they can still be asked.
import { describe, expect, test } from 'vitest'
import { parsePromQL } from '../../shared/promql/index.ts'
import { createRedactor } from '../storage/incident-file/redaction.ts'
import { redactedPromQL, redactedQuestion } from './kept-questions.ts'

const redactor = createRedactor(['ip', 'email', 'phone', 'token'], [], Buffer.alloc(32))
const [ADDRESS, SECOND, OTHER] = ['10.0.0.1', '10.0.0.2', '0.0.0.1'].map((address) => redactor.text(address))

describe('PromQL', () => {
  test.each([
    ['up{instance="10.0.0.1:9090"}', `up{instance="${ADDRESS}:9090"}`],
    [
      'rate(up{job="a", instance = \'10.0.0.1\'}[5m] offset 1h)',
      `rate(up{job="a", instance = "${ADDRESS}"}[5m] offset 1h)`,
    ],
    ['up{instance=~"10\\\\.0\\\\.0\\\\.1:.*"}', `up{instance=~"${ADDRESS}:.*"}`],
    ['up{instance=~`10[.]0[.]0[.]1:\\d+|web\\.a`}', `up{instance=~"${ADDRESS}:\\\\d+|web\\\\.a"}`],
    // spelled as a pattern: each address for itself, so that the same rows are chosen
    ['up{instance=~"10.0.0.(1|2)"}', `up{instance=~"${ADDRESS}|${SECOND}"}`],
    [
      'up{instance=~"10\\\\.0\\\\.0\\\\.[12](?::9090)?"}',
      `up{instance=~"${ADDRESS}:9090|${ADDRESS}|${SECOND}:9090|${SECOND}"}`,
    ],
    ['up{instance=~"1?0.0.0.1|api-(a|b)"}', `up{instance=~"${ADDRESS}|${OTHER}|api-a|api-b"}`],
    // within what repeats too
    ['up{instance=~"(?:10\\\\.0\\\\.0\\\\.1)+"}', `up{instance=~"(?:${ADDRESS})+"}`],
    // flags hold where they held, and signs that mean themselves stay so
    ['up{a=~"(?i)db-[a-z]+|10\\\\.0\\\\.0\\\\.1"}', `up{a=~"(?i:db-[a-z]+)|${ADDRESS}"}`],
    ['up{a=~"10\\\\.0\\\\.0\\\\.1(?i)|db|(x(?-i)y|z)w"}', `up{a=~"${ADDRESS}|(?i:db)|(?i:x(?-i:y)w)|(?i:(?-i:z)w)"}`],
    ['up{a=~"(a(?i)b|c) 10\\\\.0\\\\.0\\\\.1 d"}', `up{a=~"a(?i:b) ${ADDRESS} d|(?i:c) ${ADDRESS} d"}`],
    [
      'up{a=~"(?i)c\\\\+\\\\+ at 10\\\\.0\\\\.0\\\\.1 (?s).*"}',
      `up{a=~"(?i:c\\\\+\\\\+ at )${ADDRESS}(?i: )(?is:.*)"}`,
    ],
    ['up{a=~"(?i)10\\\\.0\\\\.0\\\\.1:10\\\\.0\\\\.0\\\\.2"}', `up{a=~"${ADDRESS}(?i::)${SECOND}"}`],
    ['up{a=~"(?i)10\\\\.0\\\\.0\\\\.1+:x"}', `up{a=~"${ADDRESS}+(?i::x)"}`],
    ['up{a=~"(?i)(?:10\\\\.0\\\\.0\\\\.1 x)+"}', `up{a=~"(?i:(?:${ADDRESS} x)+)"}`],
    // more than can be written out
    ['up{instance=~"10.[0-9][0-9][0-9].[0-9].1"}', 'up{instance=~"<redacted>"}'],
    ['up{path=~"/v[0-9][0-9][0-9][0-9]/x"}', 'up{path=~"/v[0-9][0-9][0-9][0-9]/x"}'],
    ['up{instance="10.0.0\\x2e1"}', `up{instance="${ADDRESS}"}`],
    ['{"a b"="10.0.0.1","up"}', `{"a b"="${ADDRESS}","up"}`],
    ['label_replace(up, "x", "10.0.0.1", "job", "(.*)")', `label_replace(up, "x", "${ADDRESS}", "job", "(.*)")`],
    // what is no text stays, numbers and names of metrics among them
    ['a:b:c::d > 15000000000', 'a:b:c::d > 15000000000'],
    ['{__name__=~"a:b:c::d",job=~"web\\\\..*"}', '{__name__=~"a:b:c::d",job=~"web\\\\..*"}'],
  ])('%s', (query, expected) => {
    const after = redactedPromQL(query, redactor)
    expect(after).toBe(expected)
    expect(() => parsePromQL(after)).not.toThrow()
  })

  test('comments, and secrets that only their label shows', () => {
    const after = redactedPromQL('up{password="hunter22", b=~"x"} # for bob@shop.example', redactor)
    expect(after).toMatch(/^up\{password="<token:\w{10}>", b=~"x"\} # for <email:\w{10}>$/)
  })

  test('what is not understood is redacted as any text', () => {
    expect(redactedPromQL('up{ip=10.0.0.1', redactor)).toBe(`up{ip=${ADDRESS}`)
  })
})

test('of other questions every text is redacted, keys with their values, but times, sources and ids', () => {
  const range = { from: '2025-11-02T13:26:40Z', to: '2025-11-02T13:36:40Z' }
  const stays = { range, sources: ['10.0.0.1'], traceId: 'a'.repeat(32), limit: 15_000_000_000 }
  const question = {
    method: 'traces.search',
    input: {
      ...stays,
      attributes: { 'net.peer': '10.0.0.1', password: 'hunter22', range: 'bob@shop.example' },
      query: 'ip:"10.0.0.1"',
      list: ['10.0.0.1', 15_000_000_000],
    },
  }
  const { input, method } = redactedQuestion(question, redactor)
  expect(method).toBe('traces.search')
  expect(input).toMatchObject({ ...stays, query: `ip:"${ADDRESS}"`, list: [ADDRESS, 15_000_000_000] })
  expect(JSON.stringify(input.attributes)).toMatch(
    /^\{"net.peer":"<ip:\w+>","password":"<token:\w+>","range":"<email:\w+>"\}$/,
  )
  expect(redactedQuestion(question, createRedactor([]))).toBe(question)
})

test('an expression in a log query hides what it spells out; paths and other expressions stay', () => {
  const asked = (query: string) => redactedQuestion({ method: 'logs.search', input: { query } }, redactor).input.query
  expect(asked('client:/10\\.0\\.0\\.(1|2)/ AND path:/v1\\/pay.*/')).toBe(
    `client:/${ADDRESS}|${SECOND}/ AND path:/v1\\/pay.*/`,
  )
  expect(asked('"GET /api/v1/pay/" -10.0.0.1')).toBe(`"GET /api/v1/pay/" -${ADDRESS}`)
})

test.each([
  String.raw`\b10\.0\.0\.1\b`,
  String.raw`from\s10\.0\.0\.1`,
  String.raw`\t10\.0\.0\.1|\pL10\.0\.0\.1`,
  String.raw`(?i:10\.0\.0\.1)`,
  String.raw`(?P<a>10\.0\.0\.1)`,
  String.raw`\Q10.0.0.1\E`,
  String.raw`10\0560\0560\0561`,
  String.raw`10[\x2e]0[\x2e]0[\x2e]1`,
  String.raw`(10\x2e0\x2e0\x2e1)+`,
  String.raw`(10\.0\.0\.1`,
])('an address hides in no way of writing it: %s', (regex) => {
  const after = redactedQuestion({ method: 'logs.search', input: { query: `/${regex}/` } }, redactor).input.query
  expect(after).toContain(ADDRESS)
  expect(after).not.toMatch(/0\W+(?:x2e\W*|056)?0|\u{e000}/u)
  const inPromQL = redactedPromQL(`up{a=~${JSON.stringify(regex)}}`, redactor)
  expect(inPromQL).toContain(ADDRESS)
})

test('a pinned answer hides what only its key shows to be a secret, as rows do', () => {
  const answer = { rows: [{ attributes: { password: 'hunter22', 'a"b': 'bob@shop.example', n: 15_000_000_000 } }] }
  expect(JSON.stringify(redactor.json(answer))).toMatch(
    /^\{"rows":\[\{"attributes":\{"password":"<token:\w{10}>","a\\"b":"<email:\w{10}>","n":15000000000\}\}\]\}$/,
  )
})

test('a token with a long payload is hidden whole', () => {
  expect(redactor.text(`as eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(20_000)}.c2lnbmF0dXJl`)).toMatch(/^as <token:\w{10}>$/)
})

// each would take minutes, were it tried from every character to the end
test.each([
  ['words and dots without an @', 'a.'.repeat(60_000)],
  ['beginnings of tokens', 'eyJaaaaaaaa-'.repeat(10_000)],
  ['shorter ones', '-eyJ'.repeat(50_000)],
])('hostile text is looked through: %s', (_, text) => {
  expect(redactor.text(`${text} bob@shop.example`)).toMatch(/ <email:\w{10}>$/)
})

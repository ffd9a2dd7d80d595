// What people paste from other tools.
import { expect, test } from 'vitest'
import { parsePasted, parseRison } from './links.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'

test('a trace id, however written, opens the trace (Jaeger 6)', () => {
  expect(parsePasted(` ${ID.toUpperCase()} `)).toEqual({ kind: 'trace', traceId: ID })
  expect(parsePasted('4bf92f35-77b3-4da6-a3ce-929d0e0e4736')).toEqual({ kind: 'trace', traceId: ID })
  expect(parsePasted(`00-${ID}-00f067aa0ba902b7-01`)).toEqual({
    kind: 'trace',
    traceId: ID,
    spanId: '00f067aa0ba902b7',
  })
  expect(parsePasted('S/kvNXezTaajzpKdDg5HNg==')).toEqual({ kind: 'trace', traceId: ID })
  expect(parsePasted('APBnqguquQI=')).toMatchObject({ kind: 'trace', traceId: '00f067aa0baab902' })
  expect(parsePasted('AAAAAAAAAAA=')).toBeUndefined()
  expect(parsePasted('0'.repeat(32))).toBeUndefined()
  expect(parsePasted('checkout')).toBeUndefined()
})

test('a Jaeger link opens its trace or repeats its search', () => {
  expect(parsePasted(`http://jaeger:16686/ui/trace/${ID}?uiFind=00f067aa0ba902b7`)).toEqual({
    kind: 'trace',
    traceId: ID,
    spanId: '00f067aa0ba902b7',
  })
  expect(
    parsePasted(
      'http://jaeger/search?service=checkout&operation=all&tags=%7B%22error%22%3A%22true%22%7D&minDuration=1s&start=1700000000000000&end=1700003600000000',
    ),
  ).toEqual({
    kind: 'traces',
    service: 'checkout',
    attributes: { error: 'true' },
    minDuration: '1s',
    range: { from: '1700000000000000000', to: '1700003600000000000' },
  })
})

test('a Jaeger search without ends is as long as it looks back; what cannot be read is left out', () => {
  const at = (more: string) => parsePasted(`http://jaeger:16686/search?service=cart${more}`)
  expect(at('&lookback=2h')).toEqual({ kind: 'traces', service: 'cart', range: { from: 'now-2h', to: 'now' } })
  expect(at('&lookback=custom')).toEqual({ kind: 'traces', service: 'cart' })
})

test('a Grafana Explore link gives its query and range, in the old and the new form', () => {
  const panes = {
    abc: {
      queries: [{ expr: 'rate(x[5m])', datasource: { type: 'prometheus' } }],
      range: { from: 'now-1h', to: 'now' },
    },
  }
  expect(parsePasted(`https://g/explore?panes=${encodeURIComponent(JSON.stringify(panes))}`)).toEqual({
    kind: 'metrics',
    query: 'rate(x[5m])',
    range: { from: 'now-1h', to: 'now' },
  })
  const left = ['1700000000000', '1700003600000', 'Prometheus', { expr: 'up' }]
  expect(parsePasted(`https://g/explore?left=${encodeURIComponent(JSON.stringify(left))}`)).toEqual({
    kind: 'metrics',
    query: 'up',
    range: { from: '1700000000000000000', to: '1700003600000000000' },
  })
  const loki = { queries: [{ expr: '{app="pay"} |= "timeout"', datasource: { type: 'loki' } }] }
  expect(parsePasted(`https://g/explore?left=${encodeURIComponent(JSON.stringify(loki))}`)).toEqual({
    kind: 'logs',
    query: 'app:"pay" "timeout"',
  })
})

test('a Grafana dashboard link gives its time and service, and names the variables that were left', () => {
  expect(
    parsePasted(
      'https://g/grafana/d/abc-1/shop-overview?orgId=1&from=1700000000000&to=1700003600000&viewPanel=4&var-service=checkout&var-env=prod&var-env=eu&var-pod=$__all',
    ),
  ).toEqual({
    kind: 'dashboard',
    name: 'shop-overview',
    service: 'checkout',
    range: { from: '1700000000000000000', to: '1700003600000000000' },
    left: ['env=prod,eu'],
  })
  expect(parsePasted('https://g/d-solo/abc?from=now-6h&to=now&var-job=a&var-job=b')).toEqual({
    kind: 'dashboard',
    name: 'abc',
    range: { from: 'now-6h', to: 'now' },
    left: ['job=a,b'],
  })
  expect(parsePasted('https://g/d/abc/x?from=20261102T140000&to=20261102T150000')).toMatchObject({
    range: { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' },
  })
  expect(parsePasted('https://g/dashboards')).toBeUndefined()
})

test('a Kibana Discover link gives its query, filters and range', () => {
  const url =
    "https://k/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(filters:!((meta:(key:level,negate:!t,params:(query:debug)))),query:(language:kuery,query:'service:pay and timeout'))"
  expect(parsePasted(url)).toEqual({
    kind: 'logs',
    query: 'service:pay AND timeout -level:"debug"',
    range: { from: 'now-15m', to: 'now' },
  })
})

test('what is no link answers nothing, whatever it holds', () => {
  for (const text of [
    '',
    'https://',
    'javascript:alert(1)',
    'https://g/explore?left=%7B',
    `https://k/app/discover#/?_g=${'('.repeat(9000)}`,
  ])
    expect(parsePasted(text)).toBeUndefined()
  expect(parseRison("(a:!(1,!t,!n),b:'it!'s')")).toEqual({ a: [1, true, null], b: "it's" })
  expect(parseRison('(a:1')).toBeUndefined()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  parseRison('(__proto__:(polluted:1))')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('operators and spaces of KQL become those of the log query; quoted texts and Lucene stay', () => {
  const link = (query: string, language = 'kuery') =>
    `https://kibana.example/app/discover#/?_g=(time:(from:now-1h,to:now))&_a=(query:(language:${language},query:'${encodeURIComponent(query.replace(/[!']/g, '!$&'))}'))`
  const asked = (query: string, language?: string) => {
    const read = parsePasted(link(query, language))
    return read?.kind === 'logs' ? read.query : undefined
  }
  expect(asked('level:error or level:fatal')).toBe('level:error OR level:fatal')
  expect(asked('not level: info and (service.name: cart or bytes >= 5)')).toBe(
    'NOT level:info AND (service.name:cart OR bytes>=5)',
  )
  expect(asked('message: "this or that"')).toBe('message:"this or that"')
  expect(asked('salt and pepper', 'lucene')).toBe('salt and pepper')
})

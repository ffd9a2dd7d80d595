// Formats of log stores and runtimes: what is told from the head, and what becomes of each record. The samples say where
// they come from.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as samples from '../../../../test/fixtures/import/log-samples.ts'
import { readFormat } from '../../../../test/fixtures/import/read-format.ts'
import type { LogRow } from '../../domain/telemetry.ts'
import type { WireFormat } from '../format.ts'
import { cloudwatch } from './cloudwatch.ts'
import { cri, dockerJson } from './container-logs.ts'
import { datadogJson } from './datadog.ts'
import { elasticsearch } from './elasticsearch.ts'
import { gelf } from './gelf.ts'
import { journalExport } from './journal-export.ts'
import { journald } from './journald.ts'
import { lokiJson } from './loki.ts'
import { splunkJson } from './splunk.ts'

/** What matters of a row, in one line: time, severity, service, body, resource, attributes, ids. */
const brief = (row: LogRow) => [
  row.time,
  row.severity,
  row.service,
  row.body,
  row.resource.attributes.values,
  row.attributes.values,
  ...(row.traceId === '' ? [] : [row.traceId]),
]

function read(format: WireFormat, content: string) {
  const whole = readFormat(format, content)
  const inParts = readFormat(format, content, 5, 700)
  expect(inParts.into.logs).toEqual(whole.into.logs)
  return {
    layout: whole.sniffed?.layout,
    rows: whole.into.logs.map(brief),
    notes: whole.into.notes,
    skipped: whole.into.skipped,
  }
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'

describe('Elasticsearch documents', () => {
  const ecs = [
    1_762_164_930_123_456_789n,
    17,
    'payment',
    'payment failed',
    {
      'service.name': 'payment',
      'service.version': '2.1',
      'k8s.pod.name': 'payment-0',
      'k8s.namespace.name': 'shop',
      'k8s.pod.label.tier': 'back',
    },
    {
      'log.logger': 'shop.Pay',
      'http.response.status_code': 502,
      'event.sequence': 1730555555555555,
      'elasticsearch.index': '.ds-logs-app-default-2025.11.03-000001',
      'elasticsearch.id': 'AVh1',
    },
    TRACE,
  ]
  const otel = (id: string) => [
    1_762_164_931_000_250_000n,
    13,
    'cart',
    'hello',
    { 'service.name': 'cart', 'host.name': 'n1' },
    { order: 'o-1', 'elasticsearch.index': 'logs-otel', 'elasticsearch.id': id },
  ]

  it('are read from an answer of _search, which says that it is not complete', () => {
    expect(read(elasticsearch, samples.ES_SEARCH)).toEqual({
      layout: 'document',
      rows: [ecs, otel('AVh2')],
      notes: [
        'the search timed out: the answer is not complete',
        'some shards failed: the answer is not complete',
        'the search matched more documents than this file holds',
      ],
      skipped: [],
    })
  })

  it('are read from the rows of an ES|QL answer', () => {
    const host = { 'service.name': 'payment', 'host.ip': '["10.0.0.1","10.0.0.2"]' }
    const place = { 'elasticsearch.index': 'logs-app' }
    expect(read(elasticsearch, samples.ES_ESQL)).toEqual({
      layout: 'document',
      rows: [
        [
          1_762_164_930_123_456_789n,
          17,
          'payment',
          'payment failed',
          host,
          { 'http.response.status_code': 502, ...place },
        ],
        [1_762_164_931_000_000_000n, 0, 'payment', 'tried again', { 'service.name': 'payment' }, place],
      ],
      notes: ['the query was answered in part: the answer is not complete'],
      skipped: [],
    })
    const dated = [
      { name: '@timestamp', type: 'date' },
      { name: 'message', type: 'text' },
    ]
    const times = [30, 31].map((second) => `2025-11-03T10:15:${second}Z`)
    const found = (values: unknown) => {
      const { rows, skipped } = read(elasticsearch, JSON.stringify({ columns: dated, values }))
      return [rows.map(([, , , body]) => body), skipped.map(({ reason, count }) => [reason, count])]
    }
    // by columns, also where there are as many rows as columns
    expect(found([times, ['a', 'b']])).toEqual([['a', 'b'], []])
    expect(
      found([
        [...times, times[0]],
        ['a', 'b', 'c'],
      ]),
    ).toEqual([['a', 'b', 'c'], []])
    expect(found([[times[0], 'a'], [times[1]], ['x', 'b']])).toEqual([
      ['a'],
      [['a row that does not fit the columns before it', 2]],
    ])
    const columns = ['time', 'message'].map((name) => ({ name, type: 'text' }))
    const sql = JSON.stringify({ columns, rows: [['2025-11-03T10:15:31Z', 'a'], 'b'] })
    expect(read(elasticsearch, sql)).toMatchObject({
      rows: [[1_762_164_931_000_000_000n, 0, '', 'a', {}, {}]],
      skipped: [{ reason: 'a row that does not fit the columns before it' }],
    })
  })

  it('are read from hits one a line (elasticdump) and from a bulk request', () => {
    expect(read(elasticsearch, samples.ES_DUMP)).toEqual({
      layout: 'lines',
      rows: [ecs, otel('AVh2')],
      notes: [],
      skipped: [],
    })
    expect(read(elasticsearch, samples.ES_BULK)).toEqual({
      layout: 'lines',
      rows: [
        otel('1'),
        [1_762_164_930_000_000_000n, 0, '', 'patched', {}, { 'elasticsearch.index': 'logs', 'elasticsearch.id': '3' }],
      ],
      notes: [],
      skipped: [],
    })
  })
})

it('journald: microseconds, priorities, bytes, units', () => {
  expect(read(journald, samples.JOURNALD)).toEqual({
    layout: 'lines',
    rows: [
      [
        1_762_164_930_123_456_000n,
        17,
        'payment',
        'connection refused',
        { 'service.name': 'payment', 'host.name': 'node-1' },
        { _BOOT_ID: '6d0d2af1', 'process.pid': 4711, 'systemd.unit': 'payment.service', UNIT: ['a', 'b'] },
      ],
      [1_762_164_931_000_001_000n, 9, 'sshd', 'hi 你', { 'service.name': 'sshd' }, { 'systemd.unit': 'sshd.service' }],
    ],
    notes: [],
    skipped: [],
  })
})

describe('journalctl for programs and for people', () => {
  const produced = (name: string) =>
    readFileSync(new URL(`../../../../test/fixtures/import/producers/${name}`, import.meta.url))
  /** @param size of the parts in which the bytes come */
  const taken = (bytes: Uint8Array, size: number) => {
    const { into, sniffed } = readFormat(journalExport, bytes, size)
    return {
      layout: sniffed?.layout,
      skipped: into.skipped,
      rows: into.logs.map(({ time, severity, service, body, resource, attributes, traceId }) => ({
        head: [time, severity, service, body, resource.attributes.values['host.name'], traceId],
        line: attributes.values['code.line.number'],
        more: [attributes.values['TAG'], attributes.values['BYTES']],
      })),
    }
  }
  const refused = {
    head: [
      1_796_022_608_984_761_000n,
      17,
      'pay',
      'payment refused by bank',
      'node-1',
      '4bf92f3577b34da6a3ce929d0e0e4736',
    ],
    line: 12,
    more: [['a', 'b'], undefined],
  }
  const traceback = ['Traceback:', '  line 1', 'ValueError: 支付失败'].join('\n')
  const second = [1_796_022_608_985_066_000n, 13, 'pay', traceback, 'node-1', '']

  it.each([1, 7, 1000])('export: fields of lines and bytes, in parts of %i bytes', (size) => {
    const { layout, rows, skipped } = taken(produced('journalctl-export.bin'), size)
    expect([layout, rows, skipped.length]).toEqual([
      'export',
      [refused, { head: second, line: undefined, more: [undefined, '\u0000\u0001=\n\n\ufffd'] }],
      0,
    ])
  })

  it.each([1, 1000])('verbose: lines below a line, in parts of %i bytes', (size) => {
    const { layout, rows, skipped } = taken(produced('journalctl-verbose.txt'), size)
    expect([layout, rows, skipped.length]).toEqual([
      'verbose',
      [refused, { head: second, line: undefined, more: [undefined, '[6B blob data]'] }],
      0,
    ])
  })

  it('a field that claims more than it may, or has no end is refused; one that ends early is told', () => {
    const whole = produced('journalctl-export.bin')
    const { rows, skipped } = taken(whole.subarray(0, whole.length - 40), 100)
    expect([rows, skipped.length]).toEqual([[refused], 1])
    const at = whole.indexOf('MESSAGE\n') + 8
    const large = Uint8Array.from(whole)
    large.fill(0x7f, at, at + 8)
    expect(() => taken(large, 100)).toThrow(/larger than 64 MB/)
    const short = Uint8Array.from(whole)
    short[at] = (short[at] as number) - 1
    expect(() => taken(short, 100)).toThrow(/has no end/)
    const changed = Buffer.from(whole.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
    expect(() => taken(changed, 100)).toThrow(/line ends are CRLF/)
    // an entry that never ends
    const start = Buffer.from('__CURSOR=s=1\n__REALTIME_TIMESTAMP=1796022608984761\n')
    const endless = Buffer.concat([start, Buffer.from(`A=${'x'.repeat(1_000_000)}\n`.repeat(70))])
    expect(() => taken(endless, 1_000_000)).toThrow(/larger than 64 MB/)
  })
})

it('Docker json-file: parts of a line joined by stream, JSON and level inside', () => {
  expect(read(dockerJson, samples.DOCKER)).toEqual({
    layout: 'lines',
    rows: [
      [1_762_164_930_123_456_789n, 17, '', 'charge failed', {}, { 'log.iostream': 'stderr' }],
      [1_762_164_931_000_000_002n, 0, '', 'other stream', {}, { 'log.iostream': 'stderr' }],
      [1_762_164_931_000_000_001n, 0, '', 'first half second half', {}, { 'log.iostream': 'stdout' }],
      [1_762_164_932_000_000_000n, 13, '', 'slow', {}, { 'log.iostream': 'stdout', ms: 12 }, TRACE],
    ],
    notes: [],
    skipped: [],
  })
})

it('CRI: parts joined by stream, times with their zone', () => {
  expect(read(cri, samples.CRI)).toEqual({
    layout: 'lines',
    rows: [
      [1_762_164_930_123_456_789n, 0, '', 'starting', {}, { 'log.iostream': 'stdout' }],
      [1_762_157_731_000_000_002n, 0, '', 'between', {}, { 'log.iostream': 'stdout' }],
      [1_762_157_731_000_000_001n, 0, '', 'one two three', {}, { 'log.iostream': 'stderr' }],
      [1_762_164_932_500_000_000n, 17, '', 'boom', {}, { 'log.iostream': 'stderr' }],
    ],
    notes: [],
    skipped: [],
  })
})

it('GELF: seconds with decimals, underscored fields, lines and zero bytes', () => {
  const expected = [
    [
      1_385_053_862_307_200_000n,
      21,
      'web',
      'A short message\nBacktrace here',
      { 'service.name': 'web', 'host.name': 'example.org' },
      { user_id: 9001 },
      TRACE,
    ],
    [1_385_053_863_000_000_000n, 9, '', 'second', { 'host.name': 'example.org' }, {}],
  ]
  expect(read(gelf, samples.GELF).rows).toEqual(expected)
  expect(read(gelf, samples.GELF.replaceAll('\n', '\u0000')).rows).toEqual(expected)
})

it('CloudWatch: events, subscriptions, Insights', () => {
  const stream = { 'aws.log.stream.name': '2025/11/03/[$LATEST]abc' }
  expect(read(cloudwatch, samples.CLOUDWATCH)).toEqual({
    layout: 'document',
    rows: [
      [1_762_164_930_123_000_000n, 17, '', 'boom', stream, { requestId: 'r1' }],
      [1_762_164_931_000_000_000n, 9, '', 'done', stream, {}],
    ],
    notes: ['CloudWatch has more events than this answer holds (nextToken)'],
    skipped: [],
  })
  expect(read(cloudwatch, samples.CLOUDWATCH_SUBSCRIPTION).rows).toEqual([
    [
      1_762_164_930_123_000_000n,
      17,
      'charge',
      'charge failed',
      { 'service.name': 'charge', 'aws.log.group.name': '/aws/lambda/charge', 'aws.log.stream.name': 's1' },
      {},
    ],
  ])
  expect(read(cloudwatch, samples.CLOUDWATCH_INSIGHTS).rows).toEqual([
    [1_762_164_930_123_000_000n, 13, '', 'slow', {}, { ms: '12' }],
  ])
})

it('Loki: streams with labels and structured metadata, logcli', () => {
  const shop = { 'service.name': 'checkout', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'checkout-0' }
  expect(read(lokiJson, samples.LOKI)).toEqual({
    layout: 'document',
    rows: [
      [1_762_164_930_123_456_789n, 17, 'checkout', 'charge failed', shop, { order: 'o-1', region: 'eu' }],
      [1_762_164_930_123_456_790n, 13, 'checkout', 'plain words', shop, { region: 'eu' }, TRACE],
      [1_762_164_931_000_000_000n, 0, 'cart', 'hi', { 'service.name': 'cart' }, { n: 1 }],
    ],
    notes: [],
    skipped: [],
  })
  expect(read(lokiJson, samples.LOGCLI).rows).toEqual([
    [1_762_164_930_123_456_789n, 17, 'checkout', 'boom', { 'service.name': 'checkout' }, {}],
  ])
})

it('Datadog: API answers and archives, decimal trace ids', () => {
  expect(read(datadogJson, samples.DATADOG)).toEqual({
    layout: 'document',
    rows: [
      [
        1_762_164_930_123_000_000n,
        17,
        'payment',
        'charge failed',
        {
          'service.name': 'payment',
          'host.name': 'i-0123',
          'deployment.environment.name': 'prod',
          'k8s.namespace.name': 'shop',
        },
        { 'http.status_code': 502, 'datadog.tags': ['team:pay'] },
        '0000000000000000112210f47de98115',
      ],
    ],
    notes: ['Datadog has more logs than this answer holds'],
    skipped: [],
  })
  expect(read(datadogJson, samples.DATADOG_ARCHIVE).rows).toEqual([
    [
      1_762_164_930_123_000_000n,
      13,
      'cart',
      'slow',
      { 'service.name': 'cart', 'host.name': 'i-1', 'deployment.environment.name': 'prod' },
      { ms: 12, source: 'nodejs' },
    ],
  ])
})

it('Splunk: exported results without previews, HEC events', () => {
  expect(read(splunkJson, samples.SPLUNK).rows).toEqual([
    [
      1_762_164_930_123_000_000n,
      17,
      '',
      'charge failed',
      { 'host.name': 'web1' },
      { source: '/var/log/a.log', sourcetype: 'app' },
    ],
  ])
  expect(read(splunkJson, samples.SPLUNK_HEC).rows).toEqual([
    [
      1_426_279_439_123_000_000n,
      13,
      '',
      'slow',
      { 'host.name': 'localhost' },
      { ms: 12, source: 'app', sourcetype: '_json', region: 'eu' },
    ],
  ])
})

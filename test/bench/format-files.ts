// A file of about so many bytes of each import format, for the benchmark of formats. Records are shaped as the producers'
// documentation shapes them; what differs from one to the next is its number, time and a few of its fields.

import { gzipSync, zstdCompressSync } from 'node:zlib'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { tar, zip } from './archives.ts'

const START_MS = 1_762_090_000_000
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const iso = (i: number) => new Date(START_MS + i).toISOString()
const ns = (i: number) => `${BigInt(START_MS + i) * 1_000_000n}`
const seconds = (i: number) => (START_MS + i) / 1000

/** Records one after the other until there are enough bytes. */
function repeated(bytes: number, record: (i: number) => string, between = '\n'): string {
  const parts: string[] = []
  for (let [i, size] = [0, 0]; size < bytes; i++) {
    const text = record(i)
    parts.push(text)
    size += text.length + between.length
  }
  return parts.join(between)
}

type Make = (bytes: number) => string | Uint8Array
const lines =
  (record: (i: number) => string, head = ''): Make =>
  (bytes) =>
    `${head}${repeated(bytes, record)}\n`
const jsonLines = (record: (i: number) => unknown): Make => lines((i) => JSON.stringify(record(i)))
const json =
  (head: string, record: (i: number) => unknown, tail: string): Make =>
  (bytes) =>
    `${head}${repeated(bytes, (i) => JSON.stringify(record(i)), ',')}${tail}`

const otlpSpan = (i: number) => ({
  traceId: hex(Math.floor(i / 10) + 1, 32),
  spanId: hex(i + 1, 16),
  name: `GET /items/${i % 60}`,
  kind: 2,
  startTimeUnixNano: ns(i),
  endTimeUnixNano: ns(i + 20),
  attributes: [
    { key: 'http.request.method', value: { stringValue: 'GET' } },
    { key: 'http.response.status_code', value: { intValue: '200' } },
    { key: 'url.path', value: { stringValue: `/items/${i % 500}` } },
  ],
})
const otlpRequest = (first: number, count: number) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ spans: Array.from({ length: count }, (_, i) => otlpSpan(first + i)) }],
    },
  ],
})
const REQUEST_SPANS = 500

const otlpProtobuf: Make = (bytes) => {
  // a file of the Collector: the length before each request
  const parts: Uint8Array[] = []
  for (let [first, size] = [0, 0]; size < bytes; first += REQUEST_SPANS) {
    const request = encodeOtlpRequest('traces', otlpRequest(first, REQUEST_SPANS))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(request.length)
    parts.push(length, request)
    size += request.length
  }
  return Buffer.concat(parts)
}

const jaegerTrace = (trace: number) => ({
  traceID: hex(trace + 1, 32),
  spans: Array.from({ length: 10 }, (_, i) => ({
    traceID: hex(trace + 1, 32),
    spanID: hex(trace * 10 + i + 1, 16),
    operationName: 'GET /',
    references: [],
    startTime: START_MS * 1000 + trace,
    duration: 100,
    processID: 'p1',
    tags: [{ key: 'http.status_code', type: 'int64', value: 200 }],
    logs: [],
  })),
  processes: { p1: { serviceName: 'shop', tags: [] } },
})

const zipkinSpan = (i: number) => ({
  traceId: hex(Math.floor(i / 10) + 1, 32),
  id: hex(i + 1, 16),
  name: 'get /',
  kind: 'SERVER',
  timestamp: START_MS * 1000 + i,
  duration: 100,
  localEndpoint: { serviceName: 'shop' },
  tags: { 'http.path': `/items/${i % 500}` },
})

const elasticHit = (i: number) => ({
  _index: 'logs-app',
  _id: `A${i}`,
  _source: {
    '@timestamp': iso(i),
    message: `order ${i} taken`,
    log: { level: 'INFO', logger: 'shop.Orders' },
    service: { name: 'shop' },
    kubernetes: { pod: { name: `shop-${i % 5}` }, namespace: 'shop' },
  },
})

const prometheusSeries = (i: number) => ({
  metric: { __name__: 'http_requests_total', instance: `host-${i}`, code: '200' },
  values: Array.from({ length: 240 }, (_, k) => [START_MS / 1000 + k * 15, String(i + k * 3)]),
})

const harEntry = (i: number) => ({
  startedDateTime: iso(i),
  time: 20 + (i % 50),
  request: {
    method: 'GET',
    url: `https://shop.example/items/${i % 500}`,
    httpVersion: 'HTTP/2',
    headers: [],
    queryString: [],
    cookies: [],
    headersSize: -1,
    bodySize: 0,
  },
  response: {
    status: 200,
    statusText: 'OK',
    httpVersion: 'HTTP/2',
    headers: [],
    cookies: [],
    content: { size: 512, mimeType: 'application/json' },
    redirectURL: '',
    headersSize: -1,
    bodySize: 512,
  },
  cache: {},
  timings: { send: 1, wait: 15, receive: 4 },
})

const pod = (i: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `shop-${i}`,
    namespace: 'shop',
    uid: `uid-${i}`,
    resourceVersion: String(i),
    creationTimestamp: '2025-11-02T13:26:40Z',
    labels: { app: 'shop' },
  },
  spec: { nodeName: `node-${i % 9}`, containers: [{ name: 'shop', image: 'shop:2.1' }] },
  status: { phase: 'Running', podIP: `10.0.${i % 250}.${i % 200}` },
})

/** A time and a number a row, as columns. */
const grafanaPanel: Make = (bytes) => {
  const rows = Array.from({ length: Math.ceil(bytes / 17) }, (_, i) => i)
  const schema = {
    name: 'A',
    fields: [
      { name: 'Time', type: 'time' },
      { name: 'load', type: 'number', labels: { host: 'a' } },
    ],
  }
  return JSON.stringify([{ schema, data: { values: [rows.map((i) => START_MS + i * 1000), rows.map((i) => i % 90)] } }])
}

const plain = (i: number) => `${iso(i)} INFO [worker-${i % 8}] shop.Orders: order ${i} taken`
const csvRow = (i: number) => `${iso(i)},info,shop,"order ${i}, taken",${i % 90}`

const asBytes = (content: string | Uint8Array): Buffer => Buffer.from(content as string)
const jsonLogs = jsonLines((i) => ({
  time: iso(i),
  level: 'info',
  service: 'shop',
  msg: `order ${i} taken`,
  user: `u${i % 500}`,
  ms: i % 90,
}))

/** Each with the name that detection gives it. */
export const FORMAT_FILES: ReadonlyArray<readonly [name: string, format: string, make: Make]> = [
  ['OTLP lines', 'otlp-json', lines((i) => JSON.stringify(otlpRequest(i * REQUEST_SPANS, REQUEST_SPANS)))],
  [
    'OTLP document',
    'otlp-json',
    json('{"resourceSpans":[', (i) => otlpRequest(i * REQUEST_SPANS, REQUEST_SPANS).resourceSpans[0], ']}'),
  ],
  ['OTLP protobuf', 'otlp-protobuf', otlpProtobuf],
  ['Jaeger JSON', 'jaeger-json', json('{"data":[', jaegerTrace, ']}')],
  ['Zipkin v2 JSON', 'zipkin-json', json('[', zipkinSpan, ']')],
  [
    'Chrome trace',
    'chrome-trace',
    json(
      '{"traceEvents":[',
      (i) => ({ name: 'task', cat: 'js', ph: 'X', ts: i * 10, dur: 8, pid: 1, tid: 1 + (i % 4), args: { n: i } }),
      ']}',
    ),
  ],
  ['HAR', 'har', json('{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[', harEntry, ']}}')],
  [
    'Prometheus query_range',
    'prometheus-json',
    json('{"status":"success","data":{"resultType":"matrix","result":[', prometheusSeries, ']}}'),
  ],
  [
    'OpenMetrics',
    'openmetrics',
    (bytes) =>
      `# TYPE http_requests counter\n${repeated(bytes, (i) => `http_requests_total{path="/p${i % 200}",code="200"} ${i} ${START_MS / 1000 + Math.floor(i / 200)}`)}\n# EOF\n`,
  ],
  [
    'promtool tsdb dump',
    'promtool-dump',
    lines(
      (i) =>
        `{__name__="http_requests_total", code="200", path="/p${i % 200}"} ${i} ${START_MS + Math.floor(i / 200) * 15_000}`,
    ),
  ],
  ['kubectl get -o json', 'kubernetes', json('{"apiVersion":"v1","kind":"List","items":[', pod, ']}')],
  [
    'kubectl get -o yaml',
    'kubernetes',
    lines(
      (i) =>
        `- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: shop-${i}\n    namespace: shop\n    uid: uid-${i}\n    resourceVersion: "${i}"\n    creationTimestamp: "2025-11-02T13:26:40Z"\n    labels:\n      app: shop\n  spec:\n    nodeName: node-${i % 9}\n    containers:\n    - name: shop\n      image: shop:2.1\n  status:\n    phase: Running`,
      'apiVersion: v1\nkind: List\nitems:\n',
    ),
  ],
  ['JSON logs', 'ndjson', jsonLogs],
  ['plain logs', 'plain-log', lines(plain)],
  ['Elasticsearch _search', 'elasticsearch', json('{"took":3,"hits":{"hits":[', elasticHit, ']}}')],
  ['elasticdump', 'elasticsearch', jsonLines(elasticHit)],
  [
    'Elasticsearch _bulk',
    'elasticsearch',
    lines((i) => `{"index":{"_index":"logs-app","_id":"A${i}"}}\n${JSON.stringify(elasticHit(i)._source)}`),
  ],
  [
    'Loki',
    'loki-json',
    json(
      '{"status":"success","data":{"resultType":"streams","result":[',
      (i) => ({
        stream: { app: 'shop', pod: `shop-${i % 5}` },
        values: Array.from({ length: 50 }, (_, k) => [
          ns(i * 50 + k),
          `level=info msg="order ${i * 50 + k} taken" ms=${k}`,
        ]),
      }),
      ']}}',
    ),
  ],
  [
    'journald',
    'journald',
    jsonLines((i) => ({
      __CURSOR: `s=1;i=${i}`,
      __REALTIME_TIMESTAMP: `${START_MS + i}000`,
      _HOSTNAME: 'node-1',
      _PID: '4711',
      _SYSTEMD_UNIT: 'shop.service',
      SYSLOG_IDENTIFIER: 'shop',
      PRIORITY: '6',
      MESSAGE: `order ${i} taken`,
    })),
  ],
  [
    'journald export',
    'journald-export',
    lines(
      (i) =>
        `__CURSOR=s=1;i=${i}\n__REALTIME_TIMESTAMP=${START_MS + i}000\n_HOSTNAME=node-1\n_PID=4711\n_SYSTEMD_UNIT=shop.service\nSYSLOG_IDENTIFIER=shop\nPRIORITY=6\nMESSAGE=order ${i} taken\n`,
    ),
  ],
  ['Docker JSON', 'docker-json', jsonLines((i) => ({ log: `${plain(i)}\n`, stream: 'stdout', time: iso(i) }))],
  ['CRI', 'cri', lines((i) => `${iso(i)} stdout F INFO order ${i} taken by worker-${i % 8}`)],
  [
    'GELF',
    'gelf',
    jsonLines((i) => ({
      version: '1.1',
      host: 'node-1',
      short_message: `order ${i} taken`,
      timestamp: seconds(i),
      level: 6,
      _user: `u${i % 500}`,
    })),
  ],
  [
    'CloudWatch',
    'cloudwatch',
    json(
      '{"events":[',
      (i) => ({
        logStreamName: 's1',
        timestamp: START_MS + i,
        message: `INFO order ${i} taken\n`,
        ingestionTime: START_MS + i,
        eventId: String(i),
      }),
      ']}',
    ),
  ],
  [
    'Datadog',
    'datadog-json',
    json(
      '{"data":[',
      (i) => ({
        id: `A${i}`,
        type: 'log',
        attributes: {
          timestamp: iso(i),
          status: 'info',
          service: 'shop',
          host: 'i-1',
          message: `order ${i} taken`,
          tags: ['env:prod'],
          attributes: { ms: i % 90 },
        },
      }),
      ']}',
    ),
  ],
  [
    'Splunk JSON',
    'splunk-json',
    jsonLines((i) => ({
      preview: false,
      offset: i,
      result: { _raw: plain(i), _time: iso(i), host: 'web1', source: '/var/log/a.log', sourcetype: 'app' },
    })),
  ],
  [
    'syslog 5424',
    'syslog',
    lines((i) => `<134>1 ${iso(i)} node-1 shop 4711 - [shop@32473 order="${i}"] order ${i} taken`),
  ],
  [
    'syslog 3164',
    'syslog',
    lines(
      (i) =>
        `<134>Nov 02 13:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} node-1 shop[4711]: order ${i} taken`,
    ),
  ],
  [
    'access log',
    'access-log',
    lines(
      (i) =>
        `10.0.0.${i % 200} - - [02/Nov/2025:13:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000] "GET /items/${i % 500} HTTP/1.1" 200 ${i % 5000} "-" "curl/8"`,
    ),
  ],
  [
    'logfmt',
    'logfmt',
    lines((i) => `time=${iso(i)} level=INFO msg="order ${i} taken" service=shop user=u${i % 500} ms=${i % 90}`),
  ],
  ['CSV', 'csv', lines(csvRow, 'time,level,service,message,ms\n')],
  [
    'TSV',
    'csv',
    lines((i) => `${iso(i)}\tinfo\tshop\torder ${i} taken\t${i % 90}`, 'time\tlevel\tservice\tmessage\tms\n'),
  ],
  [
    'Grafana panel CSV',
    'csv',
    lines(
      (i) =>
        `"${iso(i * 1000)
          .replace('T', ' ')
          .slice(0, 19)}",${i % 90},${i % 70}`,
      '"Time","host-a","host-b"\n',
    ),
  ],
  ['Grafana panel JSON', 'grafana-json', grafanaPanel],
  ['JSON logs, gzip (packed bytes)', 'ndjson', (bytes) => gzipSync(jsonLogs(bytes))],
  ['JSON logs, zstd (packed bytes)', 'ndjson', (bytes) => zstdCompressSync(asBytes(jsonLogs(bytes)))],
  ['JSON logs in a zip', 'ndjson', (bytes) => zip('shop.ndjson', asBytes(jsonLogs(bytes)))],
  ['JSON logs in a tar', 'ndjson', (bytes) => tar('shop.ndjson', asBytes(jsonLogs(bytes)))],
]

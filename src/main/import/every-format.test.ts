// Every format of docs/formats.md in one import: what it is recognised as, what its first row is about, to the nanosecond.

import { DuckDBInstance } from '@duckdb/node-api'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as logs from '../../../test/fixtures/import/log-samples.ts'
import { sdkTracesBoth } from '../../../test/fixtures/import/sdk-telemetry.ts'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import type { IMPORT_FORMATS } from '../../shared/contract/import.ts'
import { importModule } from './index.ts'

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/import')
type Format = (typeof IMPORT_FORMATS)[number]
type Table = 'spans' | 'logs' | 'samples' | 'objects'

const span = (more: object) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'GET /',
  startTimeUnixNano: '1762164930123456789',
  endTimeUnixNano: '1762164930223456789',
  ...more,
})
const OTLP = { resourceSpans: [{ scopeSpans: [{ spans: [span({})] }] }] }
const JAEGER = {
  data: [
    {
      traceID: '1',
      spans: [
        { traceID: '1', spanID: '2', operationName: 'GET', startTime: 1762164930123456, duration: 10, processID: 'p1' },
      ],
      processes: { p1: { serviceName: 'web' } },
    },
  ],
}
const PROMETHEUS = {
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { __name__: 'up' }, values: [[1762164930.123, '1']] }] },
}
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', creationTimestamp: '2025-11-03T10:15:30Z' },
}
const PANEL = [
  {
    schema: {
      name: 'up',
      fields: [
        { name: 'time', type: 'time' },
        { name: 'value', type: 'number', labels: { job: 'a' } },
      ],
    },
    data: { values: [[1762164930123], [1]], nanos: [[456789], null] },
  },
]
const PLAIN = '2025-11-03 10:15:30,123 ERROR charge failed\n2025-11-03 10:15:31,000 INFO done\n'
const JSON_LOGS = '{"time":"2025-11-03T10:15:30.123456789Z","level":"error","msg":"charge failed"}\n'

/** [name, recognised as, what it holds, the time of its first row, content] */
const TEXTS: ReadonlyArray<readonly [string, Format, Table, bigint, string]> = [
  ['otlp.json', 'otlp-json', 'spans', 1762164930123456789n, JSON.stringify(OTLP)],
  ['jaeger.json', 'jaeger-json', 'spans', 1762164930123456000n, JSON.stringify(JAEGER)],
  ['prometheus.json', 'prometheus-json', 'samples', 1762164930123000000n, JSON.stringify(PROMETHEUS)],
  ['metrics.txt', 'openmetrics', 'samples', 1762164930123000000n, '# TYPE up gauge\nup 1 1762164930.123\n# EOF\n'],
  ['hits.json', 'elasticsearch', 'logs', 1762164930123456789n, logs.ES_SEARCH],
  ['esql.json', 'elasticsearch', 'logs', 1762164930123456789n, logs.ES_ESQL],
  ['dump.ndjson', 'elasticsearch', 'logs', 1762164930123456789n, logs.ES_DUMP],
  ['bulk.ndjson', 'elasticsearch', 'logs', 1762164930000000000n, logs.ES_BULK],
  ['loki.json', 'loki-json', 'logs', 1762164930123456789n, logs.LOKI],
  ['logcli.jsonl', 'loki-json', 'logs', 1762164930123456789n, logs.LOGCLI],
  ['journal.json', 'journald', 'logs', 1762164930123456000n, logs.JOURNALD],
  ['docker.log', 'docker-json', 'logs', 1762164930123456789n, logs.DOCKER],
  ['cri.log', 'cri', 'logs', 1762157731000000001n, logs.CRI],
  ['gelf.json', 'gelf', 'logs', 1385053862307200000n, logs.GELF],
  ['cloudwatch.json', 'cloudwatch', 'logs', 1762164930123000000n, logs.CLOUDWATCH],
  ['subscription.json', 'cloudwatch', 'logs', 1762164930123000000n, logs.CLOUDWATCH_SUBSCRIPTION],
  ['insights.json', 'cloudwatch', 'logs', 1762164930123000000n, logs.CLOUDWATCH_INSIGHTS],
  ['datadog.json', 'datadog-json', 'logs', 1762164930123000000n, logs.DATADOG],
  ['datadog-archive.json', 'datadog-json', 'logs', 1762164930123000000n, logs.DATADOG_ARCHIVE],
  ['splunk.json', 'splunk-json', 'logs', 1762164930123000000n, logs.SPLUNK],
  ['hec.json', 'splunk-json', 'logs', 1426279439123000000n, logs.SPLUNK_HEC],
  ['syslog.log', 'syslog', 'logs', 1795478617000000000n, logs.SYSLOG_LOGGER],
  ['access.log', 'access-log', 'logs', 1760104537000000000n, logs.ACCESS],
  ['logfmt.log', 'logfmt', 'logs', 1762161330123456789n, logs.LOGFMT],
  ['app.ndjson', 'ndjson', 'logs', 1762164930123456789n, JSON_LOGS.repeat(3)],
  ['app.log', 'plain-log', 'logs', 1762164930123000000n, PLAIN],
  ['pod.json', 'kubernetes', 'objects', 1762164930000000000n, JSON.stringify(POD)],
  ['panel.json', 'grafana-json', 'samples', 1762164930123456789n, JSON.stringify(PANEL)],
  [
    'datadog.csv',
    'csv',
    'logs',
    1762164930123000000n,
    'Date,Host,Service,Content\n2025-11-03T10:15:30.123Z,i-1,pay,boom\n2025-11-03T10:15:31Z,i-1,pay,again\n',
  ],
  [
    'table.tsv',
    'csv',
    'samples',
    1762164930123456789n,
    'time\tcpu\n2025-11-03T10:15:30.123456789Z\t1\n2025-11-03T10:15:31Z\t2\n',
  ],
  [
    'splunk.csv',
    'csv',
    'logs',
    1762164930123000000n,
    '"_time","host","_raw"\n"2025-11-03T10:15:30.123+0000","web1","ERROR boom"\n"2025-11-03T10:15:31.000+0000","web1","ok"\n',
  ],
]

const FILES: ReadonlyArray<readonly [string, Format, Table]> = [
  ['zipkin-python-sdk.json', 'zipkin-json', 'spans'],
  ['chrome-trace.json', 'chrome-trace', 'spans'],
  ['node-trace.json', 'chrome-trace', 'spans'],
  ['chromium.har', 'har', 'spans'],
  ['promtool-dump.txt', 'promtool-dump', 'samples'],
  ['python.csv', 'csv', 'logs'],
]

/** Written by the programs they are named after (Debian 12, and libraries of November 2026). */
const PRODUCED: ReadonlyArray<readonly [string, Format, Table, number, bigint]> = [
  ['journalctl.json', 'journald', 'logs', 7, 1762164930123456000n],
  ['journalctl-export.bin', 'journald-export', 'logs', 2, 1796022608984761000n],
  ['journalctl-verbose.txt', 'journald-export', 'logs', 2, 1796022608984761000n],
  ['journalctl-short-full.txt', 'syslog', 'logs', 7, 1762164930000000000n],
  ['journalctl-short-unix.txt', 'syslog', 'logs', 7, 1762164930123456000n],
  ['nginx.log', 'access-log', 'logs', 9, 1796003079000000000n],
  ['apache-vhost.log', 'access-log', 'logs', 6, 1796003149000000000n],
  ['rsyslog-5424.log', 'syslog', 'logs', 12, 1796003083194885000n],
  ['rsyslog-iso.log', 'syslog', 'logs', 12, 1796003083194885000n],
  ['graypy.gelf', 'gelf', 'logs', 2, 1796003180726467000n],
  ['structlog.logfmt', 'logfmt', 'logs', 5, 1796003180613912000n],
  ['loguru.ndjson', 'ndjson', 'logs', 2, 1796003180662626000n],
  ['pino.ndjson', 'ndjson', 'logs', 2, 1796003179422000000n],
  ['pyarrow.parquet', 'parquet', 'logs', 2, 1762164930123456789n],
]

const TIME: Readonly<Record<Table, string>> = {
  spans: 'start_ns',
  logs: 'time_ns',
  samples: 'time_ns',
  objects: 'time_ns',
}

let t: TestEngine
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-formats-'))
  t = await startTestEngine({ modules: [importModule] })
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

/** What the file is said to be, rows of the kind and the time of the first. */
async function read(path: string, table: Table) {
  const { files } = await t.client.call('import.preview', { paths: [path] })
  const { source, files: taken } = await t.client.call('import.run', { paths: [path], source: path })
  const scope = await t.stores.telemetry.scope([source])
  const [rows] = await t.stores.telemetry.rows<{ n: number; first: bigint }>(
    `SELECT count(*)::INTEGER AS n, min(${TIME[table]}) AS first FROM ${scope.relation(table)}`,
    [],
  )
  return { format: files[0]?.format, error: taken[0]?.error, rows: rows?.n, first: rows?.first }
}

test.each(TEXTS)('%s is %s', async (name, format, table, first, content) => {
  const path = join(dir, name)
  await writeFile(path, content)
  const found = await read(path, table)
  expect(found).toMatchObject({ format, first, rows: expect.any(Number) })
  expect(found.error).toBeUndefined()
})

test.each(FILES)('%s, made by its producer, is %s', async (name, format, table) => {
  const path = join(dir, name)
  await cp(join(FIXTURES, name), path)
  const found = await read(path, table)
  expect([found.format, found.error, (found.rows ?? 0) > 0]).toEqual([format, undefined, true])
})

test.each(PRODUCED)('producers/%s is %s, whole and to the nanosecond', async (name, format, table, rows, first) => {
  const path = join(dir, `produced-${name}`)
  await cp(join(FIXTURES, 'producers', name), path)
  expect(await read(path, table)).toEqual({ format, error: undefined, rows, first })
})

test('OTLP as the SDK writes it is the same in both encodings', async () => {
  const { json, protobuf } = await sdkTracesBoth()
  const [text, bytes] = [join(dir, 'sdk.json'), join(dir, 'sdk.pb')]
  await writeFile(text, json)
  await writeFile(bytes, protobuf)
  const [fromText, fromBytes] = [await read(text, 'spans'), await read(bytes, 'spans')]
  expect([fromText.format, fromBytes.format]).toEqual(['otlp-json', 'otlp-protobuf'])
  expect(fromText.rows).toBeGreaterThan(0)
  expect({ ...fromBytes, format: '' }).toEqual({ ...fromText, format: '' })
})

test('Parquet keeps nanoseconds', async () => {
  const path = join(dir, 'table.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT make_timestamp_ns(1762164930123456789) AS time, 'boom' AS message) TO '${path}' (FORMAT parquet)`,
  )
  connection.disconnectSync()
  instance.closeSync()
  expect(await read(path, 'logs')).toMatchObject({ format: 'parquet', first: 1762164930123456789n, rows: 1 })
})

// Tables with a time column: CSV as Python's csv module and spreadsheets write it, panels of Grafana, exports of Datadog and
// Splunk (from their documentation), Parquet written by DuckDB.

import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import type { Mapping } from '../../shared/contract/import.ts'
import { importModule } from './index.ts'

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/import')
const AT = 1_762_077_600_000_000_000n

let t: TestEngine
let dir: string
let next = 0
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-tables-'))
  t = await startTestEngine({ modules: [importModule] })
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

const fileOf = async (content: string | Uint8Array): Promise<string> => {
  const path = join(dir, `${next++}.csv`)
  await writeFile(path, content)
  return path
}
const look = async (path: string, mapping?: Mapping) => {
  const { files } = await t.client.call('import.preview', { paths: [path], ...(mapping ? { mapping } : {}) })
  const file = files[0]
  if (file === undefined) throw new Error('no file')
  return file
}
const logsOf = async (path: string, mapping?: Mapping) => {
  const run = await t.client.call('import.run', { paths: [path], ...(mapping ? { mapping } : {}) })
  const scope = await t.stores.telemetry.scope([run.source])
  const rows = await t.stores.telemetry.rows(
    `SELECT l.time_ns AS time, l.severity::INTEGER AS severity, l.service, l.body, a.json AS attributes FROM ${scope.relation('logs')} l
     LEFT JOIN ${scope.relation('attributes')} a ON a.source = l.source AND a.hash = l.attrs ORDER BY l.time_ns`,
    [],
  )
  return { run, rows }
}
const samplesOf = async (path: string, mapping?: Mapping) => {
  const run = await t.client.call('import.run', { paths: [path], ...(mapping ? { mapping } : {}) })
  const scope = await t.stores.telemetry.scope([run.source])
  const rows = await t.stores.telemetry.rows<Record<string, unknown>>(
    `SELECT p.time_ns AS time, s.prom_name AS name, s.labels, p.value FROM ${scope.relation('samples')} p
     JOIN ${scope.relation('series')} s ON s.source = p.source AND s.series = p.series ORDER BY p.time_ns, s.prom_name, s.labels`,
    [],
  )
  return { run, rows: rows.map((r) => [r['time'], r['name'], JSON.parse(String(r['labels'])), r['value']]) }
}

describe('CSV', () => {
  test('of Python: quotes, line breaks in cells, nanoseconds; numbers are numbers, 007 stays text', async () => {
    const path = join(FIXTURES, 'python.csv')
    expect(await look(path)).toMatchObject({
      format: 'csv',
      timeUnit: 'rfc3339',
      mapping: { delimiter: ',', header: true, rows: 'logs', time: 'timestamp', level: 'level', message: 'message' },
      fields: ['timestamp', 'level', 'service', 'message', 'status', 'note'],
      problems: [],
    })
    const { rows } = await logsOf(path)
    expect(rows).toEqual([
      {
        time: AT + 123_456_789n,
        severity: 9,
        service: 'web',
        body: 'said "hi", then\nleft',
        attributes: '{"status":200,"note":"007"}',
      },
      { time: AT + 1_000_000_000n, severity: 17, service: 'web', body: '=1+1', attributes: '{"status":503}' },
    ])
  })

  test.each([
    ['semicolons', ';', 'utf8'],
    ['tabs in UTF-16 as Excel saves Unicode text', '\t', 'utf16le'],
    ['bars', '|', 'utf8'],
  ] as const)('with %s', async (_, d, encoding) => {
    const text = `\ufefftime${d}level${d}message\r\n1762077600.5${d}warn${d}slow disk, again\r\n1762077601.5${d}info${d}fine now ${encoding}${d}\r\n`
    const path = await fileOf(Buffer.from(text, encoding))
    expect(await look(path)).toMatchObject({ format: 'csv', timeUnit: 's', mapping: { delimiter: d } })
    expect((await logsOf(path)).rows.map((r) => [r['time'], r['severity'], r['body']])).toEqual([
      [AT + 500_000_000n, 13, 'slow disk, again'],
      [AT + 1_500_000_000n, 9, `fine now ${encoding}`],
    ])
  })

  test('rows that do not fit, a quote that is never closed and a time that is none are counted with their lines', async () => {
    const path = await fileOf(
      'time,level,message\n2025-11-02T10:00:00Z,info,one\n2025-11-02T10:00:01Z,info\nyesterday,info,two\n"2025-11-02T10:00:02Z,info,three\n2025-11-02T10:00:03Z,info,four\n',
    )
    const { run, rows } = await logsOf(path)
    expect(rows.map((r) => r['body'])).toEqual(['one', 'four'])
    expect(run.files[0]?.skipped.map((s) => [s.line, s.reason, s.count]).sort()).toEqual([
      [3, 'a row whose number of cells is not that of the columns', 1],
      [4, 'a row whose time column holds no time', 1],
      [5, 'a quote that is not closed', 1],
    ])
  })

  test('dates with the day first are told from the month first, and the order can be chosen', async () => {
    const first = await fileOf(
      'date time,message\n13/11/2025 10:00,first thing here\n02/11/2025 10:00:01 PM,second thing here\n',
    )
    expect((await look(first)).mapping).toMatchObject({ dateOrder: 'dmy', time: 'date time' })
    expect((await logsOf(first)).rows.map((r) => r['time'])).toEqual([
      AT + 12n * 3_600_000_000_000n + 1_000_000_000n,
      1_763_028_000_000_000_000n,
    ])
    const unsure = await fileOf(
      'date time,message\n02/11/2025 10:00,some thing here\n02/11/2025 10:01,other thing here\n',
    )
    expect((await look(unsure)).problems).toEqual([
      'dates such as 03/04/2025 are read with the month first; choose if the day is first',
    ])
    expect((await logsOf(unsure, { dateOrder: 'dmy' })).rows.map((r) => r['time'])).toEqual([AT, AT + 60_000_000_000n])
  })

  test('dates with dots have the day first', async () => {
    const path = await fileOf('Zeit;Text\n02.11.2025 10:00:00;etwas ist da\n03.11.2025 10:00:00;etwas ist fort\n')
    expect(await look(path)).toMatchObject({ mapping: { dateOrder: 'dmy' }, problems: [] })
    expect((await logsOf(path)).rows[0]?.['time']).toBe(AT)
  })

  test('without a header, with columns by number', async () => {
    const path = await fileOf('2025-11-02 10:00:00\tweb\t12\n2025-11-02 10:00:01\tweb\t13\n')
    expect(await look(path)).toMatchObject({
      format: 'csv',
      mapping: { header: false, rows: 'metrics', time: 'column 1', values: ['column 3'] },
    })
  })

  test('log lines with commas are no table', async () => {
    const path = await fileOf('2025-11-02 10:00:00,123 INFO web started\n2025-11-02 10:00:01,456 INFO web ready\n')
    expect((await look(path)).format).toBe('plain-log')
  })
})

describe('metrics', () => {
  test('a wide table: one series a column, labels in its title as Grafana writes them', async () => {
    const path = await fileOf(
      'sep=,\n"Time","up{job=""node"", instance=""a:9100""}","CPU busy %"\n1762077600000,1,12.5\n1762077615000,,13\n',
    )
    expect(await look(path)).toMatchObject({ timeUnit: 'ms', mapping: { rows: 'metrics', time: 'Time' } })
    expect((await samplesOf(path)).rows).toEqual([
      [AT, 'CPU_busy', {}, 12.5],
      [AT, 'up', { instance: 'a:9100', job: 'node' }, 1],
      [AT + 15_000_000_000n, 'CPU_busy', {}, 13],
    ])
  })

  test('a long table: name, value and labels in columns, and the same as logs when the person says so', async () => {
    const text = 'time,metric,host,value\n1762077600,cpu,a,1\n1762077600,cpu,b,2\n1762077600,mem,a,3\n'
    expect((await samplesOf(await fileOf(text))).rows).toEqual([
      [AT, 'cpu', { host: 'a' }, 1],
      [AT, 'cpu', { host: 'b' }, 2],
      [AT, 'mem', { host: 'a' }, 3],
    ])
    const { run } = await logsOf(await fileOf(`${text}\n`), { rows: 'logs' })
    expect([run.logs, run.samples]).toEqual([3, 0])
  })
})

describe('exports of others, from their documentation', () => {
  test('Datadog log CSV', async () => {
    const path = await fileOf(
      'Date,Host,Service,Status,Content\n"2025-11-02T10:00:00.123Z","i-0a1","checkout","error","payment failed, giving up"\n"2025-11-02T10:00:01.000Z","i-0a1","checkout","info","retrying in a moment"\n',
    )
    expect((await logsOf(path)).rows.map(({ attributes: _, ...row }) => row)).toEqual([
      { time: AT + 123_000_000n, severity: 17, service: 'checkout', body: 'payment failed, giving up' },
      { time: AT + 1_000_000_000n, severity: 9, service: 'checkout', body: 'retrying in a moment' },
    ])
  })

  test('Splunk search results as CSV', async () => {
    const path = await fileOf(
      '"_time","_raw",host,index,source,sourcetype\n"2025-11-02T11:00:00.250+0100","level=error msg=""no route"" user=7","web-1",main,"/var/log/app.log","app:log"\n"2025-11-02T11:00:01.250+0100","level=info msg=ok","web-1",main,"/var/log/app.log","app:log"\n',
    )
    expect((await logsOf(path)).rows.map((r) => [r['time'], r['body'], r['service']])).toEqual([
      [AT + 250_000_000n, 'level=error msg="no route" user=7', 'app:log'],
      [AT + 1_250_000_000n, 'level=info msg=ok', 'app:log'],
    ])
  })
})

describe('Parquet of DuckDB', () => {
  async function parquet(sql: string): Promise<string> {
    const path = join(dir, `${next++}.parquet`)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`)
    connection.closeSync()
    instance.closeSync()
    return path
  }

  test('nanoseconds, nested values, 64-bit integers; more rows than a chunk holds', async () => {
    const path = await parquet(
      `SELECT TIMESTAMP_NS '2025-11-02 10:00:00.123456789' AS ts, 'WARN' AS level, 'line ' || range AS message,
         {'a': range, 'b': [1, 2]} AS nested, 9007199254740993::BIGINT AS big, range % 2 = 0 AS even FROM range(5000)`,
    )
    expect(await look(path)).toMatchObject({
      format: 'parquet',
      confidence: 1,
      mapping: { rows: 'logs', time: 'ts', message: 'message', level: 'level' },
    })
    const { run, rows } = await logsOf(path)
    expect(run.logs).toBe(5000)
    expect(rows[0]).toEqual({
      time: AT + 123_456_789n,
      severity: 13,
      service: '',
      body: expect.stringMatching(/^line \d+$/),
      attributes: expect.stringContaining('"big":"9007199254740993"'),
    })
  })

  test('metrics with a time in a zone; a damaged file is a clear error', async () => {
    const path = await parquet(
      `SELECT to_timestamp(1762077600 + range) AS at, 'eu' AS region, range::DOUBLE / 2 AS load FROM range(2)`,
    )
    expect((await samplesOf(path)).rows).toEqual([
      [AT, 'load', { region: 'eu' }, 0],
      [AT + 1_000_000_000n, 'load', { region: 'eu' }, 0.5],
    ])
    const broken = await fileOf(Buffer.from('PAR1 and then nothing PAR1'))
    await expect(t.client.call('import.run', { paths: [broken] })).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('a file damaged after its first rows leaves nothing behind', async () => {
    const path = await parquet(
      `SELECT TIMESTAMP '2025-11-02 10:00:00' + INTERVAL (range) SECOND AS ts, md5(range::VARCHAR) AS message FROM range(140000)`,
    )
    const bytes = await readFile(path)
    bytes.fill(0xff, Math.floor(bytes.length * 0.93), Math.floor(bytes.length * 0.93) + 2000)
    await writeFile(path, bytes)
    const before = (await t.client.call('sources.list', {})).sources.length
    await expect(t.client.call('import.run', { paths: [path] })).rejects.toMatchObject({ code: 'corrupt' })
    expect((await t.client.call('sources.list', {})).sources.length).toBe(before)
  })
})

test('Grafana panel JSON: data frames of metrics with labels and nanoseconds, and of logs (from its documentation)', async () => {
  const frame = (fields: unknown[], values: unknown[], nanos?: unknown[]) => ({
    schema: { refId: 'A', fields },
    data: { values, ...(nanos ? { nanos } : {}) },
  })
  const ms = 1_762_077_600_000
  const panel = await fileOf(
    JSON.stringify([
      frame(
        [
          { name: 'Time', type: 'time', typeInfo: { frame: 'time.Time' } },
          {
            name: 'Value',
            type: 'number',
            labels: { __name__: 'up', job: 'node' },
            config: { displayNameFromDS: 'up' },
          },
        ],
        [
          [ms, ms + 15_000],
          [1, null],
        ],
        [[789, 0], null],
      ),
    ]),
  )
  expect((await look(panel)).format).toBe('grafana-json')
  expect((await samplesOf(panel)).rows).toEqual([[AT + 789n, 'up', { job: 'node' }, 1]])
  const lines = await fileOf(
    JSON.stringify({
      state: 'Done',
      series: [
        frame(
          [
            { name: 'Time', type: 'time' },
            { name: 'Line', type: 'string' },
            { name: 'level', type: 'string' },
          ],
          [[ms], ['no route'], ['error']],
        ),
      ],
    }),
  )
  expect((await logsOf(lines)).rows.map((r) => [r['time'], r['body'], r['severity']])).toEqual([[AT, 'no route', 17]])
})

test('a mapping kept as a recipe is offered for the next such file, read by its name, replaced and forgotten', async () => {
  const text = (day: number) => `when;what;how much\n0${day}/11/2025 10:00;cpu;1\n0${day}/11/2025 10:01;cpu;2\n`
  const first = await fileOf(text(2))
  const mapping: Mapping = { dateOrder: 'dmy', metric: 'what', labels: [], values: ['how much'] }
  const kept = await t.client.call('import.saveRecipe', { name: 'capacity', path: first, mapping })
  expect(kept).toMatchObject({ name: 'capacity', mapping, usedAt: null })
  const second = await fileOf(text(3))
  expect((await look(second)).recipes.map((r) => r.name)).toEqual(['capacity'])
  expect((await look(await fileOf('other;thing\n1;2\n'))).recipes).toEqual([])
  const { source } = await t.client.call('import.run', { paths: [second], recipe: 'capacity' })
  const scope = await t.stores.telemetry.scope([source])
  expect(
    await t.stores.telemetry.rows(`SELECT time_ns AS time, value FROM ${scope.relation('samples')} ORDER BY 1`, []),
  ).toEqual([
    { time: AT + 86_400_000_000_000n, value: 1 },
    { time: AT + 86_460_000_000_000n, value: 2 },
  ])
  const again = await t.client.call('import.saveRecipe', { name: 'capacity', path: first, mapping: {} })
  expect([again.id, again.mapping]).toEqual([kept.id, {}])
  const halved = await t.client.call('import.saveRecipe', { name: 'half \ud800', path: first, mapping: {} })
  expect(halved.name).toBe('half \ufffd')
  await t.client.call('import.removeRecipe', { id: halved.id })
  await t.client.call('import.removeRecipe', { id: kept.id })
  expect(await t.client.call('import.recipes', {})).toEqual({ recipes: [] })
  await expect(t.client.call('import.run', { paths: [second], recipe: 'capacity' })).rejects.toMatchObject({
    code: 'not_found',
  })
})

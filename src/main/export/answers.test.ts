// PromQL answers go out as tables, one sample a row, and come in again as the same series.

import { expect, test } from 'vitest'
import { importRoom } from '../../../test/support/import-room.ts'
import { metricsModule } from '../metrics/index.ts'
import { exportModule } from './index.ts'

const { engine, dir, load, samplesOf } = importRoom([exportModule, metricsModule])

const LINES = [0, 1, 2].map(
  (i) => `up{job="a\\"b",host="h1"} ${i} ${1762077600 + i * 15}\nup{job="c",host="h2"} NaN ${1762077600 + i * 15}`,
)
const TEXT = `# TYPE up gauge\n${LINES.join('\n')}\n# EOF\n`
const range = { from: '2025-11-02T10:00:00Z', to: '2025-11-02T10:00:30Z' }

test('the samples of a query as CSV, NDJSON and Parquet; as a table they are the series again', async () => {
  const { source } = await load(TEXT)
  const ask = { method: 'metrics.query', input: { range, step: '15s', query: 'up', sources: [source] } }
  const { client } = engine()
  const csv = await client.call('export.table', { ...ask, format: 'csv' })
  expect(csv.text.split(/\r?\n/).slice(0, 3)).toEqual([
    'time,metric,labels,value',
    '2025-11-02T10:00:00.000000000Z,up,"{""host"":""h1"",""job"":""a\\""b""}",0',
    '2025-11-02T10:00:15.000000000Z,up,"{""host"":""h1"",""job"":""a\\""b""}",1',
  ])
  expect([csv.rows, csv.completeness.complete]).toEqual([6, true])
  const { text } = await client.call('export.table', { ...ask, format: 'ndjson' })
  expect(JSON.parse(text.split('\n')[0] ?? '')).toEqual({
    time: '2025-11-02T10:00:00.000000000Z',
    metric: 'up',
    labels: { host: 'h1', job: 'a"b' },
    value: 0,
  })
  for (const format of ['csv', 'parquet'] as const) {
    const path = `${dir()}/out.${format}`
    expect(await client.call('export.tableFile', { ...ask, format, path })).toMatchObject({ rows: 6 })
    const { files } = await client.call('import.preview', { paths: [path] })
    expect(files[0]?.mapping).toMatchObject({ rows: 'metrics', time: 'time', metric: 'metric', values: ['value'] })
    const back = await client.call('import.run', { paths: [path] })
    expect((await samplesOf(back.source)).map(([time, name, , value]) => [time, name, value]).slice(0, 2)).toEqual([
      [1762077600000000000n, 'up', 0],
      [1762077600000000000n, 'up', Number.NaN],
    ])
  }
})

test('a text is one row, a lane is its points, and what is neither is refused', async () => {
  const { source } = await load(`${TEXT}# again\n`)
  const { client } = engine()
  const said = await client.call('export.table', {
    method: 'metrics.query',
    input: { range, query: '"all well"' },
    format: 'csv',
  })
  expect(said.text.split(/\r?\n/).slice(0, 2)).toEqual(['text', 'all well'])
  const lane = { method: 'metrics.lane', input: { range, query: 'up', sources: [source] } }
  expect((await client.call('export.table', { ...lane, format: 'csv' })).rows).toBeGreaterThan(0)
  await expect(
    client.call('export.table', { method: 'metrics.heatmap', input: {}, format: 'csv' }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})

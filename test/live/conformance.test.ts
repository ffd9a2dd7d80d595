// The same samples, asked of the server and of our evaluator: the answers are equal. The server's raw samples are taken out
// by a range selector and imported; then every query is put to both.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { importModule } from '../../src/main/import/index.ts'
import { prometheusConnector } from '../../src/main/connectors/prometheus/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { sourcesModuleWith } from '../../src/main/sources/index.ts'
import { startTestEngine } from '../support/engine.ts'
import { addPrometheus, LIVE, needs, scraped } from './support.ts'

const SELECTOR =
  '{__name__=~"up|go_goroutines|go_memstats_alloc_bytes|prometheus_http_requests_total|prometheus_http_request_duration_seconds_bucket|process_cpu_seconds_total",job="prometheus"}'

const QUERIES = [
  'up{job="prometheus"}',
  'go_goroutines{job="prometheus"}',
  'sum(prometheus_http_requests_total{job="prometheus"})',
  'sum by (handler) (prometheus_http_requests_total{job="prometheus"})',
  'rate(process_cpu_seconds_total{job="prometheus"}[1m])',
  'increase(prometheus_http_requests_total{job="prometheus",handler="/metrics"}[2m])',
  'avg_over_time(go_goroutines{job="prometheus"}[1m])',
  'max_over_time(go_memstats_alloc_bytes{job="prometheus"}[90s]) - min_over_time(go_memstats_alloc_bytes{job="prometheus"}[90s])',
  'quantile_over_time(0.9, go_goroutines{job="prometheus"}[2m])',
  'deriv(go_memstats_alloc_bytes{job="prometheus"}[2m])',
  'histogram_quantile(0.95, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket{job="prometheus"}[2m])))',
  // which of equal series stands among the first two is chance: only their sum is defined
  'sum(topk(2, prometheus_http_requests_total{job="prometheus"}))',
  'go_goroutines{job="prometheus"} offset 30s',
  'prometheus_http_requests_total{job="prometheus"} > 1',
  'label_replace(up{job="prometheus"}, "who", "$1", "instance", "(.*):.*")',
  'changes(prometheus_http_requests_total{job="prometheus"}[3m])',
  'sum(rate(prometheus_http_requests_total{job="prometheus"}[1m])) / count(up{job="prometheus"})',
  'absent(no_such_metric)',
  'max_over_time(rate(process_cpu_seconds_total{job="prometheus"}[30s])[2m:15s])',
]

const url = LIVE.prometheus ?? ''
describe.skipIf(url === '')(`the server and our evaluator ${needs('prometheus')}`, () => {
  beforeAll(() => scraped(url))
  test('answer the same on the same samples', async () => {
    await using t = await startTestEngine({
      modules: [metricsModule, importModule, sourcesModuleWith([prometheusConnector])],
    })
    const live = await addPrometheus(t, url)
    const dir = await mkdtemp(join(tmpdir(), 'watchdeck-conformance-'))
    try {
      const end = Math.floor(Date.now() / 1000 / 15) * 15 - 15
      const raw = await fetch(
        `${url}/api/v1/query?${new URLSearchParams({ query: `${SELECTOR}[20m]`, time: String(end) })}`,
      )
      const path = join(dir, 'samples.json')
      await writeFile(path, await raw.text())
      const { source: local } = await t.client.call('import.run', { paths: [path] })
      const range = { from: new Date((end - 300) * 1000).toISOString(), to: new Date(end * 1000).toISOString() }
      const ask = async (query: string, source: string | undefined) => {
        const answer = await t.client.call('metrics.query', { range, query, step: '15s', sources: [source ?? ''] })
        return answer.series
          .map((s) => ({
            metric: s.metric,
            times: [...s.values.times],
            values: [...s.values.values].map((v) => (Number.isFinite(v) ? Number(v.toPrecision(12)) : String(v))),
          }))
          .sort((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1))
      }
      for (const query of QUERIES) expect([query, await ask(query, local)]).toEqual([query, await ask(query, live)])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})

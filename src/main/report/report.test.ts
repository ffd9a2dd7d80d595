// The report as people get it: in both formats and languages, with nothing of the telemetry taken for markup.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { addSampleSource, SAMPLE_RANGE, SAMPLE_START } from '../../../test/support/sample-telemetry.ts'
import { clustersModule } from '../clusters/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { logsModule } from '../logs/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { reportModule } from './index.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'

const MODULES = { modules: [clustersModule, incidentsModule, logsModule, metricsModule, reportModule] }

async function incidentWithPins() {
  const t = await startTestEngine(MODULES)
  const source = await addSampleSource(t.stores)
  const { id } = await t.client.call('incidents.create', {
    title: '<script>alert(1)</script> `x` | y',
    severity: 'major',
    range: SAMPLE_RANGE,
    sources: [source],
    detectedAt: formatRfc3339(SAMPLE_START + 600_000_000_000n),
  })
  await t.client.call('incidents.pin', {
    incident: id,
    title: 'requests',
    what: { method: 'metrics.lane', input: { range: SAMPLE_RANGE, query: 'http_requests_total' } },
  })
  await t.client.call('incidents.pin', {
    incident: id,
    title: 'volume',
    what: { method: 'logs.histogram', input: { range: SAMPLE_RANGE, buckets: 30 } },
  })
  await t.client.call('incidents.pin', {
    incident: id,
    title: 'lines',
    what: { method: 'logs.search', input: { range: SAMPLE_RANGE, limit: 50 } },
  })
  await t.client.call('incidents.note', {
    incident: id,
    markdown: '**bold** <img src=x onerror=alert(1)> ![x](http://evil.example/a.png)',
    at: SAMPLE_RANGE.from,
  })
  await t.client.call('incidents.update', {
    id,
    stage: 'mitigated',
    stageAt: formatRfc3339(SAMPLE_START + 1800_000_000_000n),
  })
  return { t, id }
}

test('the HTML report holds pictures and queries, runs no script and loads nothing', async () => {
  const { t, id } = await incidentWithPins()
  await using _ = t
  const { text } = await t.client.call('report.render', { incident: id, format: 'html' })
  expect(text).not.toMatch(/<script|<img src=x/i)
  expect(text.match(/src="data:image\/svg\+xml;base64,/g)).toHaveLength(2)
  expect(text).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"))
  expect(text).toContain('http_requests_total')
  expect(text).toContain('&#60;script&#62;')
  expect(text).toContain('<td>mitigated</td><td>2026-11-02 14:30:00</td><td>20m</td>')
  expect(text).toContain('30 more rows are in the incident file.')
  const svg = Buffer.from(/base64,([^"]+)/.exec(text)?.[1] ?? '', 'base64').toString()
  expect(svg).toMatch(/^<svg/)
  expect(svg).not.toContain('<script')
})

test('the Markdown report escapes what would be markup and keeps tables whole', async () => {
  const { t, id } = await incidentWithPins()
  await using _ = t
  const { text } = await t.client.call('report.render', { incident: id, format: 'md' })
  expect(text.split('\n', 1)[0]).toBe('# INC-1 \\<script\\>alert(1)\\</script\\> \\`x\\` \\| y')
  expect(text).toContain('![http')
  expect(text).toContain('| mitigated | 2026-11-02 14:30:00 | 20m |')
})

test('the report is written in Chinese and in the zone asked for', async () => {
  const { t, id } = await incidentWithPins()
  await using _ = t
  const { text } = await t.client.call('report.render', {
    incident: id,
    format: 'md',
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
  })
  expect(text).toContain('## 时间线')
  expect(text).toContain('| 已缓解 | 2026-11-02 22:30:00 | 20m |')
  await expect(
    t.client.call('report.render', { incident: id, format: 'md', zone: 'Mars/Olympus' }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})

// The report as people get it: in both formats and languages, with nothing of the telemetry taken for markup.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { addSampleSource, SAMPLE_RANGE, SAMPLE_START } from '../../../test/support/sample-telemetry.ts'
import { clustersModule } from '../clusters/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { logsModule } from '../logs/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { servicesModule } from '../services/index.ts'
import { tracesModule } from '../traces/index.ts'
import { gapBlocks } from './gaps.ts'
import { reportModule } from './index.ts'
import { questionOf } from './questions.ts'
import { seriesNames } from './series-names.ts'
import { wordsOf } from './words.ts'
import { formatRfc3339, NS_PER_S } from '../../shared/base/time.ts'
import { type HappeningRow, NO_ATTRIBUTES } from '../../shared/domain/telemetry.ts'

const MODULES = {
  modules: [clustersModule, incidentsModule, logsModule, metricsModule, reportModule, servicesModule, tracesModule],
}

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
    markdown:
      '**bold** <img src=x onerror=alert(1)> ![x](http://evil.example/a.png)\n\n```html\n<b>fenced</b>\n```\n\n1. a\n   ```\n<script>alert(2)</script>\n\nof \u202Egnp.exe\n',
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
  expect(text).not.toMatch(/<script|<img src=x|src="http/i)
  expect(text.match(/src="data:image\/svg\+xml;base64,/g)).toHaveLength(2)
  expect(text).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"))
  expect(text).toContain('http_requests_total')
  expect(text).toContain('&#60;script&#62;')
  expect(text).toContain('<td>mitigated</td><td class="t">2026-11-02 14:30:00</td><td>20m</td>')
  expect(text).toContain('20 of 50 rows are shown, the incident file has them all')
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
  expect(text).toContain('```promql\nhttp_requests_total\n```')
  expect(text).toContain('| mitigated | 2026-11-02 14:30:00 | 20m |')
  expect(text).toContain('**bold** &lt;img src=x onerror=alert(1)>')
  expect(text).toContain('```html\n<b>fenced</b>\n```')
  // after a fence in a list, which programs end in different places
  expect(text).toContain('&lt;script>alert(2)')
  expect(text).not.toMatch(/(?<!\\)<script/)
  expect(text).toContain('of ⟨U+202E⟩gnp.exe')
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

test('a reader meets questions and headings in words, never a method, its JSON or a field of it', async () => {
  const { t, id } = await incidentWithPins()
  await using _ = t
  const pins: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ['metrics.lane', { range: SAMPLE_RANGE, query: 'rate(http_requests_total[5m])', width: 1000 }],
    ['traces.search', { range: SAMPLE_RANGE, status: 'error', minDuration: '10ms', limit: 3 }],
    ['traces.scatter', { range: SAMPLE_RANGE }],
    ['traces.stats', { range: SAMPLE_RANGE, groupBy: ['service', 'attr:user.email'], filter: { status: 'error' } }],
    ['traces.header', { traceId: '1'.padStart(32, '0') }],
    ['traces.get', { traceId: '1'.padStart(32, '0') }],
    ['services.overview', { range: SAMPLE_RANGE }],
    ['services.changes', { range: SAMPLE_RANGE }],
    ['services.map', { range: SAMPLE_RANGE }],
    ['clusters.objects', { range: SAMPLE_RANGE }],
    ['clusters.happenings', { range: SAMPLE_RANGE }],
    ['logs.fields', { range: SAMPLE_RANGE }],
    ['metrics.query', { range: SAMPLE_RANGE, query: 'http_requests_total' }],
  ]
  for (const [method, input] of pins) await t.client.call('incidents.pin', { incident: id, what: { method, input } })
  for (const language of ['en', 'zh-CN'] as const) {
    const { text } = await t.client.call('report.render', { incident: id, format: 'md', language })
    const told = text.replace(/base64,[A-Za-z0-9+/=]*/g, '')
    expect(
      told.match(
        /\b(traces|logs|metrics|services|clusters)\.[a-z]+\b|"range"|width|Ns\b|[a-z](Ratio|Text|PerSecond)\b/g,
      ),
    ).toBeNull()
  }
  const { text } = await t.client.call('report.render', { incident: id, format: 'md' })
  expect(text).not.toContain('| unset |')
  // of a trace neither the id of its source nor that nothing is odd about it
  expect(text).toContain('**Operation**')
  expect(text).not.toMatch(/\*\*(source|times|Clocks|In cycles|Twice the same id)\*\*/)
  expect(text).toContain('### Metric: rate(http\\_requests\\_total\\[5m\\])')
  expect(text).toContain('### Traces: status=error duration \\>= 10ms')
  expect(text).toContain('| Start | Service | Operation | Duration | Spans | Errors | Trace |')
  expect(text).toContain('3 rows were kept; more matched than were kept.')
  expect(text).toContain('60 traces, 6 with errors. Half within 50 ms, 95 % within 50 ms, longest 50 ms.')
  expect(text).toContain('by service, user.email  status=error')
  const svgs = [...text.matchAll(/base64,([^)]+)/g)].map(([, data]) => Buffer.from(data ?? '', 'base64').toString())
  // a count has no unit, its rate is per second
  expect(svgs.some((svg) => />8\d\d<|>1,\d{3}</.test(svg))).toBe(true)
  expect(svgs.some((svg) => />[\d.]+ \/s</.test(svg))).toBe(true)
  expect(svgs.some((svg) => />100 ms</.test(svg) && />10 ms</.test(svg))).toBe(true)
})

test('routine of a cluster does not push what matters out of the timeline, and what repeats is told once', async () => {
  const t = await startTestEngine(MODULES)
  await using _ = t
  const { id: source } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const event = (second: number, of: Partial<HappeningRow>): HappeningRow => ({
    time: SAMPLE_START + BigInt(second) * NS_PER_S,
    endTime: SAMPLE_START + BigInt(second) * NS_PER_S,
    kind: 'k8s-event',
    severity: 'normal',
    reason: 'Pulled',
    message: '',
    objectKind: 'Pod',
    namespace: 'shop',
    name: `cart-7d9c4b5f6d-x2x${second % 10}k`,
    service: 'cart',
    count: 1,
    uid: '',
    attributes: NO_ATTRIBUTES,
    ...of,
  })
  const writer = await t.stores.telemetry.writer(source)
  await writer.write({
    kind: 'happenings',
    rows: [
      ...Array.from({ length: 400 }, (_, i) => event(i, {})),
      ...Array.from({ length: 300 }, (_, i) => event(400 + i, { reason: 'BackOff', severity: 'warning' })),
      event(3000, { kind: 'alert', reason: 'HighErrorRate', objectKind: 'Service', name: 'cart', severity: 'warning' }),
    ],
  })
  await writer.commit()
  t.stores.catalog.sources.update(source, { state: 'ready' })
  const { id } = await t.client.call('incidents.create', {
    title: 'crash loop',
    severity: 'major',
    range: SAMPLE_RANGE,
    sources: [source],
    detectedAt: formatRfc3339(SAMPLE_START + 3100n * NS_PER_S),
  })
  const { text } = await t.client.call('report.render', { incident: id, format: 'md' })
  const timeline = text.slice(text.indexOf('## Timeline'), text.indexOf('## Evidence')).split('\n')
  expect(timeline.filter((line) => line.startsWith('| 2026'))).toEqual([
    '| 2026-11-02 14:06:40 | Kubernetes | BackOff Pod/cart (300 times, last 2026-11-02 14:11:39) |',
    '| 2026-11-02 14:50:00 | alert | HighErrorRate Service/cart |',
    '| 2026-11-02 14:51:40 | stage | detected |',
  ])
  expect(timeline).toContain('*400 routine events of the cluster are not listed.*')
})

test('gaps of one reason are one warning, and of many reasons the rest is counted', () => {
  const gap = (source: string, minute: number, reason: string) => ({
    source,
    from: `2026-11-02T14:0${minute}:00.000000000Z`,
    to: `2026-11-02T14:0${minute + 1}:00.000000000Z`,
    reason,
  })
  const format = { words: wordsOf('en'), time: (at: string) => at.slice(11, 16), nameOf: (id: string) => `<${id}>` }
  expect(
    gapBlocks([gap('a', 0, 'off'), gap('b', 0, 'off'), gap('a', 3, 'slow'), gap('a', 5, 'slow')], format).map(
      (block) => block.kind === 'line' && block.text,
    ),
  ).toEqual([
    'Not seen: <a>, <b>, 14:00 to 14:01 (off).',
    'Not seen: <a>, 2 stretches of time between 14:03 and 14:06 (slow).',
  ])
  const many = gapBlocks(
    Array.from({ length: 9 }, (_, i) => gap('a', 0, `reason ${i}`)),
    format,
  )
  expect(many).toHaveLength(7)
  expect(many.at(-1)).toMatchObject({ text: '3 more things were not seen.' })
})

test('lines of a picture are named by what tells them apart', () => {
  expect(
    seriesNames([
      { __name__: 'lag', job: 'kafka', group: 'a', partition: '0' },
      { __name__: 'lag', job: 'kafka', group: 'b', partition: '1' },
    ]),
  ).toEqual(['a partition=0', 'b partition=1'])
  expect(seriesNames([{ __name__: 'up' }, { __name__: 'down' }])).toEqual(['up', 'down'])
  expect(seriesNames([{}])).toEqual([''])
})

test('a question names its conditions in the language of the report', () => {
  const what = {
    method: 'traces.search',
    input: { service: 'a b', minDuration: '1s', attributes: { 'http.route': '/x' } },
  }
  expect(questionOf(what, wordsOf('en'))).toBe('service="a b"  duration >= 1s  http.route=/x')
  expect(questionOf(what, wordsOf('zh-CN'))).toBe('服务="a b"  耗时 >= 1s  http.route=/x')
})

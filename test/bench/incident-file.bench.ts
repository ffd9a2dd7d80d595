// What the war room asks first of a large incident file, in an engine that has never seen it: open, incident, timeline, one
// lane, the first page of logs. INCIDENT_LINES=n for another size; the default makes a file of about 1 GB.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_MODULES } from '../../src/main/modules.ts'
import type { LogRow, SampleRow, SeriesInfo } from '../../src/shared/domain/telemetry.ts'
import { startTestEngine } from '../support/engine.ts'
import { randomOf } from './random.ts'
import type { Measure } from './run.ts'

const LINES = Number(process.env['INCIDENT_LINES'] ?? 16_000_000)
const START = 1_790_000_000_000_000_000n
const SPAN = 7_200_000_000_000n
const LOT = 50_000
const resources = Array.from({ length: 40 }, (_, i) => ({ attributes: { values: { 'k8s.pod.name': `pod-${i}` } } }))
const attributes = Array.from({ length: 500 }, (_, i) => ({ values: { route: `/r/${i}` } }))
const series = Array.from(
  { length: 400 },
  (_, i): SeriesInfo => ({
    name: 'queue.depth',
    promName: 'queue_depth',
    labels: { instance: `pod-${i}` },
    type: 'gauge',
    unit: '1',
    help: '',
    service: `service-${i % 14}`,
    temporality: 'unspecified',
    monotonic: false,
    attributes: { values: { instance: `pod-${i}` } },
  }),
)

export async function main(): Promise<Measure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
  try {
    const path = join(dir, 'large.watchdeck')
    const saved = await save(path)
    await using t = await startTestEngine({ modules: ALL_MODULES, checkAnswers: false })
    const measures: Measure[] = [{ name: 'file', value: saved.bytes / 1e6, unit: 'MB' }]
    let whole = 0
    const timed = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      const began = performance.now()
      const answer = await run()
      const took = performance.now() - began
      whole += took
      measures.push({ name, value: took, unit: 'ms' })
      return answer
    }
    const { incident, source } = await timed('file.open', () => t.client.call('file.open', { path }))
    const sources = [source]
    const { range } = await timed('incidents.get', () => t.client.call('incidents.get', { id: incident }))
    await timed('incidents.timeline', () => t.client.call('incidents.timeline', { incident }))
    await timed('metrics.lane', () =>
      t.client.call('metrics.lane', { query: 'queue_depth{instance="pod-7"}', range, width: 1000, sources }),
    )
    await timed('logs.search, first page', () => t.client.call('logs.search', { range, sources }))
    measures.push({ name: 'all of these, one after the other', value: whole, unit: 'ms', target: { atMost: 2000 } })
    return measures
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Writes an incident file of that many lines and 400 series over two hours. */
export async function save(path: string): Promise<{ bytes: number }> {
  await using t = await startTestEngine({ modules: ALL_MODULES, checkAnswers: false })
  const source = t.stores.catalog.sources.create({ name: 'bench', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(source.id)
  const random = randomOf(1)
  const hex = () =>
    Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0')
  const step = SPAN / BigInt(LINES)
  for (let first = 0; first < LINES; first += LOT) {
    const rows = Array.from({ length: Math.min(LOT, LINES - first) }, (_, k): LogRow => {
      const i = first + k
      return {
        time: START + BigInt(i) * step,
        observedTime: 0n,
        severity: i % 97 === 0 ? 17 : 9,
        service: `service-${i % 14}`,
        body: `request ${hex()}${hex()} of session ${hex()}${hex()}${hex()}${hex()} finished after ${i % 997} ms, etag ${hex()}${hex()}${hex()}${hex()}${hex()}${hex()}`,
        attributes: attributes[i % 500] as LogRow['attributes'],
        resource: resources[i % 40] as LogRow['resource'],
        traceId: '',
        spanId: '',
      }
    })
    await writer.write({ kind: 'logs', rows })
  }
  for (let at = 0n; at < SPAN; at += 15_000_000_000n)
    await writer.write({
      kind: 'samples',
      rows: series.map((one): SampleRow => ({ series: one, time: START + at, startTime: 0n, value: random() })),
    })
  await writer.commit()
  t.stores.catalog.sources.update(source.id, { state: 'ready' })
  const range = { from: String(START), to: String(START + SPAN) }
  const incident = await t.client.call('incidents.create', {
    title: 'Benchmark',
    severity: 'minor',
    range,
    sources: [source.id],
  })
  return await t.client.call('file.save', { incident: incident.id, path, redact: false })
}

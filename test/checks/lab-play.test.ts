// What is played: shifted as a whole, cut at a minute, and refused where it does not belong.

import { compress, uncompress } from 'snappyjs'
import { expect, test } from 'vitest'
import { requireLoopback } from '../../scripts/lab/play.ts'
import { played, seriesOf } from '../../scripts/lab/played.ts'
import { ProtoWriter } from '../../scripts/lab/protobuf.ts'
import { writeRequest } from '../../scripts/lab/remote-write.ts'

const NOW = 1_800_000_000_000
const OPTIONS = { seed: 1, scale: 0.02, fault: undefined, minutes: 60, speed: undefined }

test('the incident ends now, its traces keep their lengths, its alerts still fire', () => {
  const all = played(OPTIONS, NOW)
  expect([all.from, all.to]).toEqual([NOW - 3_600_000, NOW])
  const times = all.samples.map(({ time }) => Number(time / 1_000_000n))
  expect(Math.min(...times)).toBeGreaterThanOrEqual(all.from)
  expect(Math.max(...times)).toBeLessThan(NOW)
  expect(all.alerts.some(({ to }) => to === undefined)).toBe(true)

  const fast = played({ ...OPTIONS, speed: 10 }, NOW)
  expect([fast.from, fast.to]).toEqual([NOW, NOW + 360_000])
  const lengths = (spans: typeof all.spans) => spans.map(({ durationNs }) => durationNs)
  expect(lengths(fast.spans)).toEqual(lengths(all.spans))
  // ids are new in every play, links between spans hold
  const ids = new Set(fast.spans.map(({ traceId }) => traceId))
  expect(all.spans.some(({ traceId }) => ids.has(traceId))).toBe(false)
  expect(fast.exemplars.filter(({ traceId }) => traceId !== '' && ids.has(traceId)).length).toBeGreaterThan(0)
})

test('histograms are their classic series and native ones', () => {
  const all = played({ ...OPTIONS, minutes: 5 }, NOW)
  const series = seriesOf(all, 'p', true)
  const native = series.find(({ histograms }) => histograms.length > 0)
  expect(native?.labels['__name__']).toBe('http_request_duration_seconds')
  const [histogram] = native?.histograms ?? []
  expect(histogram?.counts).toHaveLength((histogram?.bounds.length ?? 0) + 1)
  const infinite = series.find(
    ({ labels }) =>
      labels['__name__']?.endsWith('_bucket') &&
      labels['le'] === '+Inf' &&
      labels['service'] === native?.labels['service'],
  )
  expect(infinite?.samples.length).toBeGreaterThan(0)
  expect(seriesOf(all, 'p', false).every(({ histograms }) => histograms.length === 0)).toBe(true)
})

test('served requests are counted as Jaeger asks for them: every one, from the first on, never fewer', () => {
  const all = played({ ...OPTIONS, minutes: 10 }, NOW)
  const last = all.counts.findLast(({ name }) => name === 'traces_span_metrics_calls')?.time ?? 0n
  const calls = all.counts.filter(({ name, time }) => name === 'traces_span_metrics_calls' && time === last)
  const served = all.spans.filter(({ kind, start, durationNs }) => kind === 2 && start + durationNs < last)
  expect(calls.reduce((sum, { value }) => sum + value, 0)).toBe(served.length)
  const infinite = all.counts.filter(({ labels, time }) => labels['le'] === '+Inf' && time === last)
  expect(infinite.map(({ value }) => value)).toEqual(calls.map(({ value }) => value))
  expect(new Set(calls.map(({ labels }) => labels['service_name'])).has('frontend')).toBe(true)
  const [series] = seriesOf(all, 'p', true).filter(({ labels }) => labels['__name__'] === 'traces_span_metrics_calls')
  const values = series?.samples.map(({ value }) => value) ?? []
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  expect(values.length).toBeGreaterThan(10)
})

test('the bytes are what the specification says', () => {
  const labels = { __name__: 'up', job: 'a' }
  const bytes = writeRequest([{ labels, samples: [{ at: 1, value: 1 }], exemplars: [], histograms: [] }])
  const label = (name: string, value: string) => [
    10,
    name.length + value.length + 4,
    10,
    name.length,
    ...Buffer.from(name),
    18,
    value.length,
    ...Buffer.from(value),
  ]
  const body = [...label('__name__', 'up'), ...label('job', 'a'), 18, 11, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 16, 1]
  expect([...bytes]).toEqual([10, body.length, ...body])
  expect([...uncompress(compress(bytes))]).toEqual([...bytes])
  expect([...new ProtoWriter().zigzag(4, -53).zigzags(12, [1, -1]).bytes()]).toEqual([32, 105, 98, 2, 2, 1])
})

test('a machine other than this one is refused unless it is asked for', () => {
  const at = (prometheus: string) => ({ prometheus, jaeger: undefined, zipkin: undefined, alertmanager: undefined })
  expect(() => requireLoopback(at('http://prom.example:9090'), false)).toThrow(/not on this machine/)
  expect(() => requireLoopback(at('http://127.0.0.1.example'), false)).toThrow(/not on this machine/)
  expect(() => requireLoopback(at('http://prom.example:9090'), true)).not.toThrow()
  for (const here of ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])
    expect(() => requireLoopback(at(here), false)).not.toThrow()
})

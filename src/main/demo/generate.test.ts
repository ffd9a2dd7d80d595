// What the generator promises: the same rows for a seed, sane trees, counts, and causes that come before consequences.

import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { SpanRow, TelemetryBatch } from '../../shared/domain/telemetry.ts'
import { type Demo, planDemo } from './generate.ts'
import type { Fault } from './scenario.ts'

const MINUTE = 60_000
// whole windows are generated here, on machines that do other things beside
vi.setConfig({ testTimeout: 120_000 })
/** Rows as text; a series is written out where it is met first. */
function textOf(batch: TelemetryBatch, met: Set<unknown>): string {
  if (batch.kind !== 'samples') return json(batch.rows)
  let text = ''
  for (const { series, time, value } of batch.rows) {
    if (!met.has(series)) text += json(series)
    met.add(series)
    text += `${series.name} ${time} ${value}\n`
  }
  return text
}
const json = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v))

function fingerprint(seed: number, scale: number, fault?: Fault): string {
  const hash = createHash('sha256')
  const met = new Set<unknown>()
  for (const batch of planDemo({ seed, scale, fault }).batches()) hash.update(batch.kind).update(textOf(batch, met))
  return hash.digest('hex')
}

/** Rows counted and summed per five minutes of the window, so that nothing has to be kept. */
class Story {
  readonly demo: Demo
  readonly counts: Record<string, number> = {}
  readonly failures = new Map<string, number[]>()
  readonly requests = new Map<string, number[]>()
  readonly waits = new Map<string, number[]>()
  readonly events = new Map<string, number[]>()
  readonly series = new Set<unknown>()
  readonly services = new Set<string>()
  readonly pods = new Set<unknown>()
  readonly changes: Array<{ at: number; reason: string; service: string; message: string }> = []
  stuck = 0

  constructor(seed: number, fault?: Fault, scale = 1) {
    this.demo = planDemo({ seed, scale, fault })
    const committed = new Map<string, { value: number; lag: number; for: number }>()
    for (const batch of this.demo.batches()) {
      this.counts[batch.kind] = (this.counts[batch.kind] ?? 0) + batch.rows.length
      this.add(batch, committed)
    }
  }

  private add(batch: TelemetryBatch, committed: Map<string, { value: number; lag: number; for: number }>): void {
    if (batch.kind === 'spans')
      for (const span of batch.rows) {
        this.services.add(span.service)
        this.pods.add(span.resource.attributes.values['k8s.pod.name'])
        if (span.kind !== 2) continue
        this.at(this.requests, span.service, span.start, 1)
        this.at(this.waits, span.service, span.start, Number(span.durationNs) / 1e6)
        if (span.status === 2) this.at(this.failures, span.service, span.start, 1)
      }
    if (batch.kind === 'user-events') for (const row of batch.rows) this.at(this.events, row.event, row.time, 1)
    if (batch.kind === 'samples' || batch.kind === 'histograms')
      for (const row of batch.rows) this.series.add(row.series)
    if (batch.kind === 'happenings')
      for (const row of batch.rows)
        this.changes.push({
          at: Number(row.time / 1_000_000n),
          reason: row.reason,
          service: row.service,
          message: row.message,
        })
    if (batch.kind === 'offsets')
      for (const { topic, partition, group, committed: value, logEnd } of batch.rows) {
        const key = `${topic}/${partition}/${group}`
        const before = committed.get(key)
        const same = before !== undefined && before.value === value && logEnd > value
        committed.set(key, { value, lag: logEnd - value, for: same ? before.for + 1 : 0 })
        this.stuck = Math.max(this.stuck, same ? before.for + 1 : 0)
      }
  }

  private at(into: Map<string, number[]>, key: string, time: bigint, amount: number): void {
    const slot = Math.floor((Number(time / 1_000_000n) - this.demo.from) / (5 * MINUTE))
    const list = into.get(key) ?? new Array<number>(25).fill(0)
    into.set(key, list)
    list[slot] = (list[slot] ?? 0) + amount
  }

  service(role: keyof Demo['scenario']['vocabulary']['services']): string {
    return this.demo.scenario.vocabulary.services[role]
  }

  /** A ratio over a part of the window given in milliseconds from its start. */
  ratio(
    top: Map<string, number[]>,
    topKey: string,
    bottom: Map<string, number[]>,
    bottomKey: string,
    from: number,
    to: number,
  ): number {
    const sum = (map: Map<string, number[]>, key: string) =>
      (map.get(key) ?? [])
        .slice(Math.ceil(from / (5 * MINUTE)), Math.floor(to / (5 * MINUTE)))
        .reduce((a, b) => a + b, 0)
    return sum(top, topKey) / Math.max(1, sum(bottom, bottomKey))
  }
}

it('comes in short steps, also while it has no rows yet: whoever makes it answers others in between', () => {
  const steps = [...planDemo({ seed: 1, scale: 0.01 }).steps()]
  // 3.75 s of the shop each, from six minutes before the window, and one for what is left over
  expect(steps).toHaveLength((2 * 3600 + 360) / 3.75 + 1)
  expect(
    steps
      .slice(0, 96)
      .flatMap(({ batches }) => batches)
      .every(({ kind }) => kind === 'objects'),
  ).toBe(true)
  const progress = steps.map((step) => step.progress)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect([progress[0], progress.at(-1)]).toEqual([expect.closeTo(0, 2), 1])
})

describe('the generator', () => {
  it('gives the same rows for the same seed, and others for another', () => {
    const first = fingerprint(1, 0.04)
    expect(fingerprint(1, 0.04)).toBe(first)
    expect(fingerprint(2, 0.04)).not.toBe(first)
  })

  it('draws trees whose spans have their parent, lie inside it and link to spans that are there', () => {
    const spans: SpanRow[] = []
    for (const batch of planDemo({ seed: 1, scale: 0.3 }).batches())
      if (batch.kind === 'spans') spans.push(...batch.rows)
    const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]))
    expect(byId.size).toBe(spans.length)
    const wrong: string[] = []
    let links = 0
    for (const span of spans) {
      for (const link of span.links ?? []) {
        links++
        if (byId.get(`${link.traceId}/${link.spanId}`)?.kind !== 4) wrong.push(`link of ${span.operation}`)
      }
      if (span.parentId === '') continue
      const parent = byId.get(`${span.traceId}/${span.parentId}`)
      if (parent === undefined) wrong.push(`no parent of ${span.operation}`)
      else if (span.start < parent.start || span.start + span.durationNs > parent.start + parent.durationNs)
        wrong.push(`${span.operation} leaves ${parent.operation}`)
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(links).toBeGreaterThan(300)
  })

  it('writes lines whose numbers agree: within a line, and in two lines of one span', () => {
    const asked = new Map<string, string>()
    const wrong: string[] = []
    let agreed = 0
    for (const batch of planDemo({ seed: 1, scale: 0.05 }).batches()) {
      if (batch.kind !== 'logs') continue
      for (const { body, spanId } of batch.rows) {
        const batchOf = /^batch of (\d+) products requested$/.exec(body)
        if (batchOf) asked.set(spanId, batchOf[1] as string)
        const resolved = /^resolved (\d+) of (\d+) products$/.exec(body)
        const collected = /(\d+)M->(\d+)M\((\d+)M\)/.exec(body)
        if (resolved && (resolved[1] !== resolved[2] || asked.get(spanId) !== resolved[2])) wrong.push(body)
        if (collected && !(Number(collected[2]) < Number(collected[1]) && Number(collected[1]) < Number(collected[3])))
          wrong.push(body)
        if (resolved || collected) agreed++
      }
    }
    expect(wrong).toEqual([])
    expect(agreed).toBeGreaterThan(100)
  })
})

describe('seed 1', () => {
  const story = new Story(1)
  const { at, until } = story.demo.scenario

  it('has about 300,000 spans, 400,000 log lines, 400 series and 60,000 user events of 14 services on 40 pods', () => {
    const near = (kind: string, goal: number) => Math.abs((story.counts[kind] ?? 0) / goal - 1)
    expect(near('spans', 300_000)).toBeLessThan(0.05)
    expect(near('logs', 400_000)).toBeLessThan(0.05)
    expect(near('user-events', 60_000)).toBeLessThan(0.05)
    // pods that come and go bring series of their own beside the 400 that are there at any time
    expect((story.counts.samples ?? 0) / 479).toBeGreaterThan(370)
    expect((story.counts.samples ?? 0) / 479).toBeLessThan(440)
    expect(story.services.size).toBe(14)
    // 40 at first; the two rollouts and the one back bring 10 more, those of the crashed ones stay the same
    expect(story.pods.size).toBe(50)
  })

  it('goes from the rollout over charging and checkout to lost orders, and ends with the rollback', () => {
    const failed = (service: string, from: number, to: number) =>
      story.ratio(story.failures, service, story.requests, service, from, to)
    expect(failed('payment', 0, at)).toBeLessThan(0.02)
    expect(failed('checkout', 0, at)).toBeLessThan(0.02)
    expect(failed('payment', at + 5 * MINUTE, until)).toBeGreaterThan(0.6)
    expect(failed('checkout', at + 5 * MINUTE, until)).toBeGreaterThan(0.4)
    expect(failed('checkout', until + 5 * MINUTE, 120 * MINUTE)).toBeLessThan(0.05)
    const conversion = (from: number, to: number) =>
      story.ratio(story.events, 'order_completed', story.events, 'checkout_started', from, to)
    expect(conversion(0, at)).toBeGreaterThan(0.8)
    expect(conversion(at + 5 * MINUTE, until)).toBeLessThan(0.6)
    expect(conversion(until + 5 * MINUTE, 115 * MINUTE)).toBeGreaterThan(0.8)
  })

  it('amplifies by retries', () => {
    const perOrder = (from: number, to: number) =>
      story.ratio(story.requests, 'payment', story.requests, 'checkout', from, to)
    expect(perOrder(0, at)).toBeLessThan(1.1)
    expect(perOrder(at + 5 * MINUTE, until)).toBeGreaterThan(2)
  })

  it('lets one group stick at one offset for more than twenty minutes while its pods crash', () => {
    expect(story.stuck).toBeGreaterThan(80)
    expect(
      story.changes.some(({ reason, service }) => reason === 'KubePodCrashLooping' && service === 'notification'),
    ).toBe(true)
  })

  it('fires no alert before the cause and holds both red herrings', () => {
    const alerts = story.demo.alerts.map(({ firedAt }) => firedAt)
    expect(Math.min(...alerts)).toBeGreaterThan(at)
    const herring = story.service(story.demo.scenario.herringDeploy.role)
    expect(story.changes.filter(({ reason, service }) => reason === 'Rollout' && service === herring)).toHaveLength(1)
    expect(story.changes.some(({ service }) => service === 'sales-report')).toBe(true)
    expect(story.demo.truth.redHerrings).toEqual([herring, 'sales-report'])
  })
})

describe('other faults', () => {
  const cases: ReadonlyArray<readonly [Fault, number]> = [
    ['node-pressure', 2],
    ['dns', 3],
    ['slow-database', 4],
    ['broken-consumer', 5],
    ['rollout', 12],
  ]
  for (const [fault, seed] of cases)
    it(`${fault}: checkout and conversions get worse after the cause and well again after its end`, () => {
      const story = new Story(seed, fault)
      const { at, until } = story.demo.scenario
      const checkout = story.service('checkout')
      const wait = (from: number, to: number) => story.ratio(story.waits, checkout, story.requests, checkout, from, to)
      const failed = (from: number, to: number) =>
        story.ratio(story.failures, checkout, story.requests, checkout, from, to)
      const lost = (from: number, to: number) =>
        story.ratio(story.events, 'payment_failed', story.events, 'payment_submitted', from, to)
      const harm = (from: number, to: number) => wait(from, to) / wait(0, at) - 1 + 20 * failed(from, to)
      expect(harm(0, at)).toBeLessThan(0.4)
      expect(harm(at + 10 * MINUTE, until)).toBeGreaterThan(1.5)
      expect(harm(until + 10 * MINUTE, 120 * MINUTE)).toBeLessThan(0.6)
      expect(lost(at + 10 * MINUTE, until)).toBeGreaterThan(1.5 * lost(0, at))
      const alerts = story.demo.alerts.map(({ firedAt }) => firedAt)
      expect(alerts.length).toBeGreaterThan(1)
      expect(Math.min(...alerts)).toBeGreaterThan(at)
    })

  it('none: nothing fires, nothing gets worse, the herrings are still there', () => {
    const story = new Story(6, 'none')
    expect(story.demo.alerts).toEqual([])
    expect(story.demo.truth.rootService).toBe('')
    expect(story.changes.filter(({ reason }) => reason === 'Rollout')).toHaveLength(1)
    for (const [service, failures] of story.failures) {
      const ratio = failures.reduce((a, b) => a + b, 0) / (story.requests.get(service) ?? []).reduce((a, b) => a + b, 0)
      expect(ratio, service).toBeLessThan(0.01)
    }
  })

  it('never says what kind of day it is', () => {
    const said: string[] = []
    const telling =
      /node-pressure|slow-database|broken-consumer|red.?herring|root.?cause|truth|poison|"fault|simulat|synthetic|\bdemo\b/gi
    for (const [fault] of cases) {
      const met = new Set<unknown>()
      for (const batch of planDemo({ seed: 21, scale: 0.03, fault }).batches())
        said.push(...(textOf(batch, met).match(telling) ?? []))
    }
    expect(said).toEqual([])
  })

  it('multiplies traffic with the scale and leaves the series alone', () => {
    const small = new Story(1, 'none', 0.1)
    const large = new Story(1, 'none', 0.2)
    expect((large.counts.spans ?? 0) / (small.counts.spans ?? 1)).toBeCloseTo(2, 0)
    expect(Math.abs(large.series.size - small.series.size)).toBeLessThan(30)
    expect(large.counts.histograms).toBe(small.counts.histograms)
  })
})

// Sends what is played to the backends: all at once, or as the wall clock reaches it.

import { setTimeout } from 'node:timers/promises'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import { writeResource, writeScope, writeSpan } from '../../src/shared/wire/otlp/write.ts'
import { writeZipkinSpan } from '../../src/shared/wire/zipkin-write.ts'
import { type Played, played, type PlayedAlert, type PlayOptions, seriesOf } from './played.ts'
import { remoteWrite } from './remote-write.ts'

export interface Targets {
  readonly prometheus: string | undefined
  /** OTLP over HTTP */
  readonly jaeger: string | undefined
  readonly zipkin: string | undefined
  readonly alertmanager: string | undefined
}

export interface PlayResult {
  readonly from: number
  readonly to: number
  readonly name: string
  readonly play: string
  readonly rootService: string
  readonly samples: number
  readonly spans: number
  readonly alerts: number
}

const CHUNK_MS = 300_000
const TICK_MS = 2000
const SPANS_AT_ONCE = 2000
/** An alert that nobody ends is told as long: Alertmanager forgets it by itself. */
const FIRES_FOR_MS = 3_600_000
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** @throws Error when an address is not of this machine and that was not asked for */
export function requireLoopback(targets: Targets, allowRemote: boolean): void {
  for (const [name, address] of Object.entries(targets)) {
    if (address === undefined || allowRemote || LOOPBACK.test(new URL(address).hostname)) continue
    throw new Error(`${name} is at ${address}, not on this machine. Made-up telemetry does not belong into a real backend;
--allow-remote sends it all the same.`)
  }
}

export async function play(
  targets: Targets,
  options: PlayOptions & { allowRemote?: boolean },
  report: (line: string) => void,
  clock: () => number = Date.now,
): Promise<PlayResult> {
  requireLoopback(targets, options.allowRemote === true)
  const started = clock()
  const all = played(options, started)
  const label = `seed-${options.seed}-${Math.round(started / 1000)}`
  const native = targets.prometheus !== undefined && (await knowsNative(targets.prometheus))
  report(
    `${all.name}: ${all.spans.length} spans, ${all.samples.length + all.histograms.length} points, ${all.alerts.length} alerts`,
  )
  let sent = all.from
  for (;;) {
    const to = options.speed === undefined ? Math.min(all.to, sent + CHUNK_MS) : Math.min(all.to, clock())
    await send(targets, slice(all, sent, to, to >= all.to), label, native)
    sent = to
    const percent = Math.round((100 * (sent - all.from)) / (all.to - all.from))
    report(`${percent} %: until ${new Date(sent).toISOString()}`)
    if (sent >= all.to) break
    if (options.speed !== undefined) await setTimeout(TICK_MS)
  }
  return {
    from: all.from,
    to: all.to,
    name: all.name,
    play: label,
    rootService: all.rootService,
    samples: all.samples.length + all.histograms.length,
    spans: all.spans.length,
    alerts: all.alerts.length,
  }
}

/** Histograms with bounds of their own are new in version 3. */
async function knowsNative(address: string): Promise<boolean> {
  const answer = await fetch(`${address}/api/v1/status/buildinfo`)
  const said = answer.ok ? await answer.text() : ''
  return /"version":"[3-9]/.test(said)
}

interface Slice extends Pick<Played, 'samples' | 'histograms' | 'exemplars' | 'counts' | 'spans' | 'alerts'> {
  readonly to: number
}

function slice(all: Played, from: number, to: number, last: boolean): Slice {
  const [low, high] = [BigInt(Math.round(from * 1e6)), BigInt(Math.round(to * 1e6))]
  const within = ({ time }: { time: bigint }): boolean => time >= low && (time < high || last)
  return {
    to,
    samples: all.samples.filter(within),
    histograms: all.histograms.filter(within),
    exemplars: all.exemplars.filter(within),
    counts: all.counts.filter(within),
    spans: all.spans.filter(({ start }) => start >= low && (start < high || last)),
    // told again with every slice, as Prometheus does, and once more when they end
    alerts: all.alerts.filter((alert) => alert.from < to && (alert.to === undefined || alert.to >= from)),
  }
}

async function send(targets: Targets, part: Slice, label: string, native: boolean): Promise<void> {
  const { prometheus, jaeger, zipkin, alertmanager } = targets
  await Promise.all([
    prometheus && part.samples.length + part.histograms.length > 0
      ? remoteWrite(prometheus, seriesOf(part, label, native))
      : undefined,
    jaeger && inLots(part.spans, (spans) => post(`${jaeger}/v1/traces`, otlp(spans))),
    zipkin && inLots(part.spans, (spans) => post(`${zipkin}/api/v2/spans`, spans.map(writeZipkinSpan))),
    alertmanager && part.alerts.length > 0
      ? post(
          `${alertmanager}/api/v2/alerts`,
          part.alerts.map((alert) => alertBody(alert, part.to, label)),
        )
      : undefined,
  ])
}

function alertBody({ labels, summary, from, to }: PlayedAlert, now: number, play: string) {
  const ends = to !== undefined && to <= now ? to : now + FIRES_FOR_MS
  return {
    labels: { ...labels, play },
    annotations: { summary },
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(ends).toISOString(),
  }
}

async function inLots(spans: readonly SpanRow[], run: (lot: readonly SpanRow[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < spans.length; at += SPANS_AT_ONCE) await run(spans.slice(at, at + SPANS_AT_ONCE))
}

function otlp(spans: readonly SpanRow[]) {
  return {
    resourceSpans: [...Map.groupBy(spans, ({ resource }) => resource)].map(([resource, own]) => ({
      ...writeResource(resource),
      scopeSpans: [...Map.groupBy(own, ({ scope }) => scope)].map(([scope, each]) => ({
        ...writeScope(scope),
        spans: each.map(writeSpan),
      })),
    })),
  }
}

async function post(address: string, body: unknown): Promise<void> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  await answer.arrayBuffer()
}

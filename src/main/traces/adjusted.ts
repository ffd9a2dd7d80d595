// An opened trace with the clocks of its hosts brought together (shared/domain/clock-skew.ts). Made when first asked
// for and kept with the trace as recorded.

import { type ClockShift, adjustClocks } from '../../shared/domain/clock-skew.ts'
import { criticalPath } from '../../shared/domain/critical-path.ts'
import { spanOrder } from '../../shared/domain/span-order.ts'
import { buildTraceTree } from '../../shared/domain/trace-tree.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { finder, type OpenTrace, partsOf } from './open.ts'

export type Times = 'raw' | 'adjusted'

export interface TracedClock extends Omit<ClockShift, 'clock'> {
  /** what tells the clock apart: node, host or address; '' where spans name none and the service stands for it */
  readonly host: string
  readonly services: readonly string[]
}

export interface Adjusted {
  readonly trace: OpenTrace
  readonly clocks: readonly TracedClock[]
}

const made = new WeakMap<OpenTrace, Promise<Adjusted>>()

/** The trace in the times asked for. */
export const inTimes = async (trace: OpenTrace, times: Times, store: TelemetryStore, signal: AbortSignal) =>
  times === 'raw' ? trace : (await adjusted(trace, store, signal)).trace

export function adjusted(trace: OpenTrace, store: TelemetryStore, signal: AbortSignal): Promise<Adjusted> {
  let held = made.get(trace)
  if (!held) {
    held = adjust(trace, store, signal)
    made.set(trace, held)
    // whoever asked is told; the next one asks again
    held.catch(() => made.delete(trace))
  }
  return held
}

async function adjust(trace: OpenTrace, store: TelemetryStore, signal: AbortSignal): Promise<Adjusted> {
  const { tree } = trace
  const { clocks, hosts } = await clocksOf(trace, store, signal)
  const found = adjustClocks(tree, clocks, (row) => trace.status[tree.index[row] as number] === 2)
  if (found.clocks.length === 0) return { trace, clocks: [] }
  return {
    trace: shifted(trace, found.shift),
    clocks: found.clocks.map(({ clock, ...rest }) => ({
      ...rest,
      host: hosts[clock] ?? '',
      services: servicesOn(trace, clocks, clock),
    })),
  }
}

/** Where a clock stands, most telling first: pods of a node share its clock, services of a host too. */
const HOST_KEYS = ['k8s.node.name', 'host.id', 'host.name', 'host.ip', 'hostname', 'ip', 'k8s.pod.uid', 'k8s.pod.name']
const SPAN_KEYS = ['network.local.address', 'net.host.ip']

const named = (keys: readonly string[]) => `coalesce(${keys.map((key) => `json ->> '/${key}'`).join(', ')})`

/** row -> code of its clock, and the host of each code ('' = the service stands for it) */
async function clocksOf(trace: OpenTrace, store: TelemetryStore, signal: AbortSignal) {
  const { tree } = trace
  const [resource, attrs] = [trace.resource(), trace.attrs()]
  const hashes = new Set([...resource.distinct, ...attrs.distinct])
  const words = await store.rows<{ hash: bigint; host: string | null; address: string | null }>(
    `SELECT hash, any_value(${named(HOST_KEYS)}) AS host, any_value(${named(SPAN_KEYS)}) AS address
     FROM ${trace.scope.relation('attributes')} WHERE hash IN (${[0n, ...hashes].map((hash) => `${hash}::UBIGINT`).join(', ')}) GROUP BY hash`,
    [],
    { signal },
  )
  const hostOf = new Map(words.map((row) => [row.hash, row.host ?? '']))
  const addressOf = new Map(words.map((row) => [row.hash, row.address ?? '']))
  const ofResource = Array.from(resource.distinct, (hash) => hostOf.get(hash) ?? '')
  const ofSpan = Array.from(attrs.distinct, (hash) => addressOf.get(hash) ?? '')
  const codes = new Map<string, number>()
  const hosts: string[] = []
  const clocks = new Int32Array(tree.count)
  for (let row = 0; row < tree.count; row++) {
    const at = tree.index[row] as number
    const host = (ofResource[resource.codes[at] as number] || ofSpan[attrs.codes[at] as number]) ?? ''
    const key = host === '' ? `service ${tree.service[row]}` : `host ${host}`
    let code = codes.get(key)
    if (code === undefined) {
      code = hosts.length
      codes.set(key, code)
      hosts.push(host)
    }
    clocks[row] = code
  }
  return { clocks, hosts }
}

function servicesOn(trace: OpenTrace, clocks: Int32Array, clock: number): string[] {
  const codes = new Set<number>()
  clocks.forEach((code, row) => {
    if (code === clock) codes.add(trace.tree.service[row] as number)
  })
  return [...codes].map((code) => trace.services.words[code] as string).sort()
}

/** The same spans, begun earlier or later. */
function shifted(trace: OpenTrace, shift: Float64Array): OpenTrace {
  const { tree } = trace
  const n = tree.count
  const [starts, durations, services, shifts] = [
    new Float64Array(n),
    new Float64Array(n),
    new Int32Array(n),
    new Float64Array(n),
  ]
  const kinds = new Uint8Array(n)
  let first = Infinity
  for (let row = 0; row < n; row++) {
    const at = tree.index[row] as number
    starts[at] = (tree.start[row] as number) + (shift[row] as number)
    durations[at] = tree.duration[row] as number
    services[at] = tree.service[row] as number
    kinds[at] = tree.kind[row] as number
    shifts[at] = shift[row] as number
    first = Math.min(first, starts[at] as number)
  }
  let duration = 0
  for (let at = 0; at < n; at++) {
    starts[at] = (starts[at] as number) - first
    duration = Math.max(duration, (starts[at] as number) + (durations[at] as number))
  }
  const { spanIds, parentIds, places } = trace
  const ties = places ? (a: number, b: number) => (places[a] as number) - (places[b] as number) : undefined
  const order = ties && spanOrder({ spanIds, starts }, ties)
  const again = buildTraceTree({ count: n, spanIds, parentIds, starts, durations, kinds, services, order })
  const path = criticalPath(again)
  return {
    ...trace,
    tree: again,
    path,
    parts: partsOf(path),
    start: trace.start + BigInt(first),
    duration,
    shifts,
    kept: new Map(),
    rowOf: finder(spanIds, again),
  }
}

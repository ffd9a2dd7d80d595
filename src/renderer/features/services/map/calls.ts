// What the picture and the list of calls share: seconds of the window, the table of calls, where a call leads.

import type { MethodInput, MethodOutput } from '../../../../shared/contract/index.ts'
import { fromMillis, tryParseInstant } from '../../../../shared/base/time.ts'
import { type Frame, frameFromRows } from '../../../../shared/frame/frame.ts'
import { formatCount } from '../../../lib/format.ts'
import { currentPlace, openTarget } from '../../../workbench/index.ts'
import { withFilter } from '../../../workbench/filters.ts'

export type MapAnswer = MethodOutput<'services.map'>
export type Call = MapAnswer['edges'][number]
/** Drawn as failing: one in a hundred, and not by a single accident. */
export const isFailing = (measured: { readonly requests: number; readonly errorRatio: number }): boolean =>
  measured.errorRatio >= 0.01 && measured.requests * measured.errorRatio >= 3

export function secondsOf(input: MethodInput<'services.map'>): number {
  const now = fromMillis(Date.now())
  const [from, to] = [tryParseInstant(input.range.from, now), tryParseInstant(input.range.to, now)]
  return from === undefined || to === undefined ? Number.NaN : Number(to - from) / 1e9
}

const COLUMNS = [
  { name: 'from', type: 'string' },
  { name: 'to', type: 'string' },
  { name: 'requests', type: 'int' },
  { name: 'rate', type: 'float', unit: '1/s' },
  { name: 'counted', type: 'string' },
  { name: 'beforeErrorRatio', type: 'float', unit: '1' },
  { name: 'errorRatio', type: 'float', unit: '1' },
  { name: 'beforeP95Ns', type: 'float', unit: 'ns' },
  { name: 'p95Ns', type: 'float', unit: 'ns' },
] as const

/** Failing calls first, then the busiest. */
export function callsFrame(calls: readonly Call[], seconds: number, nameOf: (source: string) => string): Frame {
  const weight = (call: Call): number => (isFailing(call) ? call.errorRatio : 0)
  const rows = [...calls].sort((a, b) => weight(b) - weight(a) || b.requests - a.requests)
  return frameFromRows(
    COLUMNS,
    rows.map((call) => ({
      from: call.from,
      to: call.to,
      requests: BigInt(call.requests),
      rate: call.requests / seconds,
      counted: call.counted ? `${formatCount(call.counted.calls)} ${nameOf(call.counted.source)}` : '',
      beforeErrorRatio: call.beforeErrorRatio,
      errorRatio: call.errorRatio,
      beforeP95Ns: call.beforeP95Ns,
      p95Ns: call.p95Ns,
    })),
  )
}

/** Calls that touch a wanted service. */
export const callsOf = (answer: MapAnswer, wanted: (service: string) => boolean): Call[] =>
  answer.edges.filter((e) => wanted(e.from) || wanted(e.to))

/** The traces behind a call: those of the called service, or of the caller where the called is no service of ours. */
export function openCall(
  answer: MapAnswer,
  call: { from: string; to: string; requests: number; errorRatio: number },
): void {
  const called = answer.nodes.find((n) => n.id === call.to)
  const service = called?.kind === 'service' ? call.to : call.from
  openTarget({
    view: 'traces',
    params: isFailing(call) ? { status: 'error' } : {},
    filters: withFilter(currentPlace().filters, { field: 'service', value: service, exclude: false }),
  })
}

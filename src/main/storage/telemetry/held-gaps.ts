// What of a question an opened incident file (or a copy of one) cannot know, from the relations that the question read.

import { assertDefined } from '../../../shared/base/assert.ts'
import { formatRfc3339, tryParseRfc3339, type TimeRange } from '../../../shared/base/time.ts'
import type { Completeness } from '../../../shared/domain/completeness.ts'
import { type Held, type HeldKind, merged, outside } from '../../../shared/domain/held.ts'
import type { SourceRecord } from '../catalog/api.ts'
import type { TelemetryTable } from './schema.ts'

/** The first points of a picture need those before them: a file keeps that much more of metrics. */
export const LOOKBACK_NS = 300_000_000_000n

const KIND_OF: Partial<Record<TelemetryTable, HeldKind>> = {
  spans: 'traces',
  traces: 'traces',
  logs: 'logs',
  series: 'metrics',
  samples: 'metrics',
  histograms: 'metrics',
  exemplars: 'metrics',
  objects: 'objects',
  happenings: 'objects',
  offsets: 'objects',
  user_events: 'user-events',
}
const WITHOUT: Readonly<Record<HeldKind, string>> = {
  traces: 'not in this file: it was saved without traces',
  logs: 'not in this file: it was saved without logs',
  metrics: 'not in this file: it was saved without metrics',
  objects: 'not in this file: it was saved without objects and events',
  'user-events': 'not in this file: it was saved without user events',
}
const OF_ALL_SERVICES: ReadonlySet<TelemetryTable> = new Set(['offsets', 'user_events'])

export interface Read {
  readonly table: TelemetryTable
  /** undefined: whatever there is */
  readonly range: TimeRange | undefined
}

/** From when on and until when rows of a table are in the file; from undefined: since ever. */
export function heldTimes(
  held: Held,
  table: TelemetryTable,
  offset: bigint,
): { from: bigint | undefined; to: bigint } | undefined {
  const kind = KIND_OF[table]
  if (kind !== undefined && !held.kinds.includes(kind)) return undefined
  const at = (text: string) => assertDefined(tryParseRfc3339(text), 'times were checked when they were read') + offset
  const [from, to] = [at(held.from), at(held.to)]
  if (table === 'objects') return { from: undefined, to }
  // and the last point of a picture is at the very end
  return kind === 'metrics' ? { from: from - LOOKBACK_NS, to: to + 1n } : { from, to }
}

/** @param services what the question is about; undefined: all */
export function heldGaps(
  source: SourceRecord,
  reads: readonly Read[],
  services: readonly string[] | undefined,
): Completeness['missing'] {
  const { held } = source
  if (held === undefined) return []
  const offset = BigInt(source.clockOffsetNs)
  const byReason = new Map<string, Array<TimeRange | undefined>>()
  const tell = (reason: string, range: TimeRange | undefined) =>
    byReason.set(reason, [...(byReason.get(reason) ?? []), range])
  const known = services?.every((name) => held.services.some((of) => of.toLowerCase() === name.toLowerCase()))
  for (const { table, range } of reads) {
    const kind = KIND_OF[table]
    if (kind === undefined) continue
    const times = heldTimes(held, table, offset)
    if (times === undefined) {
      tell(WITHOUT[kind], range)
      continue
    }
    for (const part of range === undefined ? [] : outside(range, times)) tell('not in this file', part)
    // what is asked for by its id is there as a whole or not at all
    const byId = (kind === 'traces' || table === 'objects') && range === undefined
    if (held.services.length > 0 && !known && !byId && !OF_ALL_SERVICES.has(table))
      tell(`not in this file: it was saved for ${held.services.join(', ')} only`, range)
  }
  return [...byReason].flatMap(([reason, ranges]) => {
    const bounded = ranges.filter((range) => range !== undefined)
    if (bounded.length === 0)
      return [{ source: source.id, from: source.from ?? held.from, to: source.to ?? held.to, reason }]
    return merged(bounded).map(({ from, to }) => ({
      source: source.id,
      from: formatRfc3339(from),
      to: formatRfc3339(to),
      reason,
    }))
  })
}

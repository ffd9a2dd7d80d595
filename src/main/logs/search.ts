// A page of matching lines. The range is read slice by slice from the end where the page begins, and reading stops when
// the page is full: the first screen over ten million lines costs as much as the lines it had to look at.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import type { Scope, SqlValue, TelemetryStore } from '../storage/telemetry/api.ts'
import type { LogKey } from './rows.ts'

/** Lines looked at by the first slice; each further slice is four times as long, or as long as the yield suggests. */
const FIRST_SLICE_ROWS = 120_000
const GROWTH = 4n

export interface PageRequest {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly range: TimeRange
  /** the lines that may match */
  readonly lines: (range: TimeRange) => string
  /** part of all lines that these are, 0 to 1 */
  readonly share: number
  readonly condition: string
  readonly params: readonly SqlValue[]
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly after?: LogKey | undefined
  readonly signal: AbortSignal
}

export const cursorOf = (key: LogKey): string => `${key.time_ns}.${key.source}.${key.id}`

/** @throws WatchdeckError invalid_input for a text that is no cursor of ours */
export function parseCursor(text: string | undefined): LogKey | undefined {
  if (text === undefined) return undefined
  const m = /^(-?\d{1,19})\.(\d{1,9})\.(-?\d{1,19})$/.exec(text)
  if (!m) throw new WatchdeckError('invalid_input', 'The cursor is not one that logs.search gave.')
  return { time_ns: BigInt(m[1] as string), source: Number(m[2]), id: BigInt(m[3] as string) }
}

/** Up to `limit` keys in order and whether more follow. */
export async function searchPage(request: PageRequest): Promise<{ keys: LogKey[]; more: boolean }> {
  const { store, scope, lines, condition, params, order, after, signal } = request
  let { from, to } = request.range
  if (after && order === 'desc' && after.time_ns + 1n < to) to = asEpochNs(after.time_ns + 1n)
  if (after && order === 'asc' && after.time_ns > from) from = asEpochNs(after.time_ns)
  if (from >= to) return { keys: [], more: false }
  const found = scope.opened ? { low: from, high: to, width: partOf(to - from) } : await extentOf(request, { from, to })
  if (!found) return { keys: [], more: false }
  const { low, high } = found
  let { width } = found

  const wanted = request.limit + 1
  const keys: LogKey[] = []
  const beyond = after
    ? ` AND (time_ns, source, id) ${order === 'desc' ? '<' : '>'} (${after.time_ns}, ${after.source}, ${after.id})`
    : ''
  let edge = order === 'desc' ? high : low
  while (keys.length < wanted && (order === 'desc' ? edge > low : edge < high)) {
    const other = order === 'desc' ? edge - width : edge + width
    const far = within(other, low, high)
    const slice = order === 'desc' ? { from: far, to: edge } : { from: edge, to: far }
    const page = await store.rows<LogKey>(
      `SELECT time_ns, source, id FROM ${lines({ from: asEpochNs(slice.from), to: asEpochNs(slice.to) })}
       WHERE ${condition}${beyond} ORDER BY time_ns ${order}, source ${order}, id ${order} LIMIT ${wanted - keys.length}`,
      params,
      { signal },
    )
    keys.push(...page)
    edge = order === 'desc' ? slice.from : slice.to
    width *= GROWTH
  }
  return { keys: keys.slice(0, request.limit), more: keys.length > request.limit }
}

const atLeastOne = (width: bigint): bigint => (width < 1n ? 1n : width)

/**
 * The first slice of an opened incident file. To ask how far its lines reach would unpack every part of them, so the range
 * itself is cut: a page from the end of a two-hour incident opens the part or two that hold its last minutes.
 */
const partOf = (span: bigint): bigint => atLeastOne(span / 64n)

/** Where in the range lines are, and how long a slice of FIRST_SLICE_ROWS is there; undefined where there are none. */
async function extentOf(
  { store, scope, share, signal }: PageRequest,
  range: TimeRange,
): Promise<{ low: bigint; high: bigint; width: bigint } | undefined> {
  const [extent] = await store.rows<{ first: bigint | null; last: bigint | null; n: bigint }>(
    `SELECT min(time_ns) AS first, max(time_ns) AS last, count(*) AS n FROM ${scope.relation('logs', range)}`,
    [],
    { signal },
  )
  if (!extent || extent.first === null || extent.last === null) return undefined
  const span = extent.last + 1n - extent.first
  // where few of the lines are read, a slice with as many of those is longer
  const rows = BigInt(Math.min(2 ** 50, Math.round(FIRST_SLICE_ROWS / Math.max(share, 1e-9))))
  const width = extent.n <= rows ? span : (span * rows) / extent.n
  return { low: extent.first, high: extent.last + 1n, width: atLeastOne(width) }
}

function within(value: bigint, low: bigint, high: bigint): bigint {
  if (value < low) return low
  return value > high ? high : value
}

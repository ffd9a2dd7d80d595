// Two groups of traces against each other: before and after, two questions, two boxes of the picture. Counts and times are
// of all their spans; the critical path of a group is walked in as many of its traces as can be read at once.

import { setImmediate as turn } from 'node:timers/promises'
import { traces as contract } from '../../shared/contract/traces.ts'
import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { criticalPath } from '../../shared/domain/critical-path.ts'
import { buildTraceTree } from '../../shared/domain/trace-tree.ts'
import { type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { Asked } from './ask.ts'
import { Params, type ParsedSpanFilter } from './filter.ts'
import { differencesBetween } from './groups.ts'
import { doubles } from './open.ts'
import { matching } from './search.ts'

export interface TraceGroup {
  readonly asked: Asked
  readonly filter: ParsedSpanFilter
}

/** Traces and spans in which the critical path is walked, spread evenly over the group. */
const WALKED_TRACES = 4000
const WALKED_SPANS = 200_000
/** Spans after which others may have their turn. */
const A_TURN = 10_000
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

interface Measured extends Record<string, unknown> {
  readonly service: string
  readonly operation: string
  readonly n: number
  readonly errors: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

interface Totals {
  readonly traces: number
  readonly spans: number
  readonly failed: number
  readonly p50Ns: number
  readonly p95Ns: number
  readonly p99Ns: number
  /** traces in which the critical path was walked */
  readonly walked: number
}

interface OneSide {
  readonly totals: Totals
  readonly operations: ReadonlyMap<string, Measured>
  /** key of service and operation -> ns on the critical path, a trace's mean */
  readonly critical: ReadonlyMap<string, number>
}

const quantiles = (column: string): string =>
  Object.entries(QUANTILES)
    .map(([name, q]) => `coalesce(round(quantile_cont(${column}, ${q})), 0)::DOUBLE AS ${name}`)
    .join(', ')
const keyOf = (service: string, operation: string): string => JSON.stringify([service, operation])
/** A span of a trace that began in the range may start after its end. */
const onwards = (range: TimeRange): TimeRange => ({ from: range.from, to: asEpochNs((1n << 63n) - 1n) })

async function side({ asked, filter }: TraceGroup): Promise<OneSide> {
  const { store, scope, range, signal } = asked
  const params = new Params()
  const members = await matching(filter, asked, params)
  const [all] = await store.rows<{
    traces: number
    spans: number
    failed: number
    p50: number
    p95: number
    p99: number
  }>(
    `SELECT count(*)::DOUBLE AS traces, coalesce(sum(spans), 0)::DOUBLE AS spans, (count(*) FILTER (errors > 0))::DOUBLE AS failed, ${quantiles('duration_ns')} FROM ${members}`,
    params.values,
    { signal },
  )
  const spans = `(SELECT s.* FROM ${scope.glance('spans', onwards(range))} s JOIN (SELECT source, trace_id FROM ${members}) m ON m.source = s.source AND m.trace_id = s.trace_id)`
  const operations = await store.rows<Measured>(
    `SELECT service, operation, count(*)::DOUBLE AS n, (count(*) FILTER (status = 2))::DOUBLE AS errors, ${quantiles('duration_ns')} FROM ${spans} GROUP BY ALL`,
    params.values,
    { signal },
  )
  const { walked, critical } = await walk(asked, members, params)
  return {
    totals: {
      traces: all?.traces ?? 0,
      spans: all?.spans ?? 0,
      failed: all?.failed ?? 0,
      p50Ns: all?.p50 ?? 0,
      p95Ns: all?.p95 ?? 0,
      p99Ns: all?.p99 ?? 0,
      walked,
    },
    operations: new Map(operations.map((row) => [keyOf(row.service, row.operation), row])),
    critical,
  }
}

async function walk({ store, scope, range, signal }: Asked, members: string, params: Params) {
  const { trace, ids, parents, kinds, services, operations, ...times } = await store.columns(
    `WITH chosen AS MATERIALIZED (SELECT source, trace_id, start_ns, row_number() OVER () AS n FROM
        (SELECT *, sum(spans) OVER (ORDER BY hash(trace_id), source ROWS UNBOUNDED PRECEDING) AS so_far FROM ${members}) WHERE so_far <= ${WALKED_SPANS} LIMIT ${WALKED_TRACES})
     SELECT c.n::INTEGER, s.span_id, s.parent_id, s.start_ns - c.start_ns, s.duration_ns, s.kind, s.service, s.operation
     FROM ${scope.glance('spans', onwards(range))} s JOIN chosen c ON c.source = s.source AND c.trace_id = s.trace_id ORDER BY c.n, s.start_ns, s.span_id`,
    params.values,
    {
      trace: 'i32',
      ids: 'u64',
      parents: 'u64',
      starts: 'i64',
      durations: 'i64',
      kinds: 'u8',
      services: 'text',
      operations: 'text',
    },
    { signal },
  )
  const [starts, durations] = [doubles(times.starts, 0n), doubles(times.durations, 0n)]
  const sums = new Map<string, number>()
  let walked = 0
  let sinceTurn = 0
  for (let from = 0; from < trace.length; ) {
    let to = from + 1
    while (to < trace.length && trace[to] === trace[from]) to++
    const tree = buildTraceTree({
      count: to - from,
      spanIds: ids.slice(from, to),
      parentIds: parents.slice(from, to),
      starts: starts.slice(from, to),
      durations: durations.slice(from, to),
      kinds: kinds.slice(from, to),
      services: services.codes.slice(from, to),
    })
    const { exclusive } = criticalPath(tree)
    for (let row = 0; row < tree.count; row++) {
      const self = exclusive[row] as number
      if (self === 0) continue
      const at = from + (tree.index[row] as number)
      const key = keyOf(
        services.words[services.codes[at] as number] as string,
        operations.words[operations.codes[at] as number] as string,
      )
      sums.set(key, (sums.get(key) ?? 0) + self)
    }
    walked++
    sinceTurn += to - from
    from = to
    if (sinceTurn < A_TURN) continue
    sinceTurn = 0
    await turn()
    signal.throwIfAborted()
  }
  return { walked, critical: new Map([...sums].map(([key, sum]) => [key, sum / walked])) }
}

interface Headline {
  readonly a: Totals
  readonly b: Totals
}

/** What the groups do, operation by operation; largest change of the time on the critical path first. */
export async function compareGroups(a: TraceGroup, b: TraceGroup, limit: number): Promise<TableAnswer<Headline>> {
  const [left, right] = await Promise.all([side(a), side(b)])
  const keys = new Set([...left.operations.keys(), ...right.operations.keys()])
  const rows = [...keys].map((key) => {
    const [x, y] = [left.operations.get(key), right.operations.get(key)]
    const critical = { a: left.critical.get(key) ?? 0, b: right.critical.get(key) ?? 0 }
    const [service, operation] = JSON.parse(key) as [string, string]
    const row: FrameRow = {
      service,
      operation,
      countA: x?.n ?? 0,
      countB: y?.n ?? 0,
      perTraceA: left.totals.traces === 0 ? null : (x?.n ?? 0) / left.totals.traces,
      perTraceB: right.totals.traces === 0 ? null : (y?.n ?? 0) / right.totals.traces,
      errorsA: x?.errors ?? 0,
      errorsB: y?.errors ?? 0,
      p50NsA: x?.p50 ?? null,
      p50NsB: y?.p50 ?? null,
      p95NsA: x?.p95 ?? null,
      p95NsB: y?.p95 ?? null,
      p99NsA: x?.p99 ?? null,
      p99NsB: y?.p99 ?? null,
      criticalNsA: Math.round(critical.a),
      criticalNsB: Math.round(critical.b),
      state: y === undefined ? 'only-a' : x === undefined ? 'only-b' : 'both',
    }
    return { row, change: Math.abs(critical.b - critical.a), count: (x?.n ?? 0) + (y?.n ?? 0), key }
  })
  rows.sort((p, q) => q.change - p.change || q.count - p.count || (p.key < q.key ? -1 : 1))
  const completeness = uniteCompleteness([a.asked.scope.completeness, b.asked.scope.completeness])
  return {
    table: frameFromRows(
      contract.compareGroups.output.columns,
      rows.slice(0, limit).map(({ row }) => row),
    ),
    completeness:
      rows.length > limit ? { ...completeness, truncated: { returned: limit, total: rows.length } } : completeness,
    summary: { a: left.totals, b: right.totals },
  }
}

/** Attribute values of spans that one group has and the other has less of. */
export async function groupDifferences(a: TraceGroup, b: TraceGroup, limit: number): Promise<TableAnswer> {
  const params = new Params()
  const counted = async ({ asked, filter }: TraceGroup, counts: string): Promise<string> => {
    const members = await matching(filter, asked, params)
    return `SELECT attrs, resource, service, operation, ${counts} FROM ${asked.scope.glance('spans', onwards(asked.range))} s
      JOIN (SELECT source, trace_id FROM ${members}) m ON m.source = s.source AND m.trace_id = s.trace_id GROUP BY ALL`
  }
  const left = await counted(a, 'count(*) AS selected, 0 AS rest')
  const right = await counted(b, '0 AS selected, count(*) AS rest')
  const words = [a, b].map(({ asked }) => `SELECT hash, json FROM ${asked.scope.relation('attributes')}`)
  return differencesBetween(
    a.asked.store,
    {
      spans: `SELECT attrs, resource, service, operation, sum(selected) AS selected, sum(rest) AS rest FROM (${left} UNION ALL ${right}) GROUP BY ALL`,
      attributes: `(${words.join(' UNION ALL ')})`,
      params,
      columns: contract.groupDifferences.output.columns,
      // what B has more of is what came with it
      positive: 'rest',
      completeness: uniteCompleteness([a.asked.scope.completeness, b.asked.scope.completeness]),
    },
    limit,
    a.asked.signal,
  )
}

// Who calls whom. An edge between services is a child span in another service than its parent, seen from the caller
// where the caller is a client span (it knows of timeouts). A client span that no other service answered is a call to a
// database or an external peer, named by semantic conventions; producers and consumers meet at their destination.

import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { CountedCalls } from './live.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import { serviceChange } from '../../shared/domain/change-score.ts'
import { type Asked, measured } from './overview.ts'

interface Edge extends Record<string, unknown> {
  a: string
  b: string
  akind: NodeKind
  bkind: NodeKind
  requests: number
  errors: number
  p95: number
}
type NodeKind = 'service' | 'database' | 'messaging' | 'external'

const ATTRIBUTES = {
  db: ['db.system.name', 'db.system'],
  dbname: ['db.namespace', 'db.name'],
  topic: ['messaging.destination.name', 'messaging.destination'],
  peer: ['peer.service', 'server.address', 'net.peer.name', 'http.host', 'net.sock.peer.addr'],
} as const
const attribute = (names: readonly string[]) => `coalesce(${names.map((n) => `json ->> '/${n}'`).join(', ')})`

const PEER = `CASE WHEN w.db IS NOT NULL THEN coalesce(w.peer, w.dbname, w.db) END`

async function edgesIn(asked: Asked, range: TimeRange): Promise<Edge[]> {
  const { store, scope, signal } = asked
  const spans = scope.relation('spans', range)
  return store.rows<Edge>(
    // one join says both who called whom and which client spans nobody answered: what is kept of a span meanwhile is what
    // the join needs of a child, and no copy of all spans is made
    `WITH words AS MATERIALIZED (SELECT hash, ${Object.entries(ATTRIBUTES)
      .map(([name, keys]) => `any_value(${attribute(keys)}) AS ${name}`)
      .join(', ')}
        FROM ${scope.relation('attributes')} WHERE hash IN (SELECT attrs FROM ${spans} WHERE kind IN (3, 4, 5)) GROUP BY hash),
      met AS (SELECT p.service AS a, c.service AS b, CASE WHEN c.service IS NULL THEN p.attrs WHEN c.kind = 5 THEN c.attrs END AS attrs,
          CASE WHEN c.service IS NULL OR p.kind IN (3, 4) THEN p.duration_ns ELSE c.duration_ns END AS duration_ns,
          CASE WHEN c.service IS NULL OR p.kind IN (3, 4) THEN p.status ELSE c.status END AS status
        FROM ${spans} p LEFT JOIN ${spans} c ON c.source = p.source AND c.trace_id = p.trace_id AND c.parent_id = p.span_id AND c.service <> p.service
        WHERE c.service IS NOT NULL OR p.kind = 3),
      calls AS (
        SELECT a, coalesce(b, ${PEER}, w.topic, w.peer) AS b, 'service' AS akind,
          CASE WHEN b IS NOT NULL THEN 'service' WHEN w.db IS NOT NULL THEN 'database' WHEN w.topic IS NOT NULL THEN 'messaging' ELSE 'external' END AS bkind, duration_ns, status
        FROM met LEFT JOIN words w ON w.hash = met.attrs WHERE b IS NULL OR w.topic IS NULL
        UNION ALL
        SELECT s.service, coalesce(w.topic, ${PEER}, w.peer), 'service',
          CASE WHEN w.topic IS NOT NULL THEN 'messaging' WHEN w.db IS NOT NULL THEN 'database' ELSE 'external' END, s.duration_ns, s.status
        FROM ${spans} s JOIN words w ON w.hash = s.attrs WHERE s.kind = 4
        UNION ALL
        SELECT w.topic, s.service, 'messaging', 'service', s.duration_ns, s.status FROM ${spans} s JOIN words w ON w.hash = s.attrs WHERE s.kind = 5 AND w.topic IS NOT NULL)
     SELECT a, b, akind, bkind, count(*)::DOUBLE AS requests, (count(*) FILTER (status = 2))::DOUBLE AS errors, round(quantile_cont(duration_ns, 0.95))::DOUBLE AS p95
     FROM calls WHERE b IS NOT NULL GROUP BY ALL ORDER BY a, b, bkind, akind`,
    [],
    { signal },
  )
}

export async function serviceMap(
  asked: Asked,
  compareTo: TimeRange | undefined,
  counted: { readonly calls: readonly CountedCalls[]; readonly completeness: Completeness },
) {
  // a join holds all spans of its window: one after the other, so that two are never held at once
  const edges = await edgesIn(asked, asked.range)
  const earlierEdges = compareTo ? await edgesIn(asked, compareTo) : []
  const { after, before, compared } = await measured(asked, compareTo)
  const earlier = new Map(earlierEdges.map((e) => [JSON.stringify([e.a, e.b, e.bkind]), e]))
  const ids = new Set(after.keys())
  for (const e of edges) {
    if (e.akind === 'service') ids.add(e.a)
    if (e.bkind === 'service') ids.add(e.b)
  }
  for (const call of counted.calls) ids.add(call.parent).add(call.child)
  const nodes: Array<{
    id: string
    kind: NodeKind
    requests: number
    errorRatio: number
    p95Ns: number
    change: number | null
  }> = [...ids].sort().map((id) => {
    const m = after.get(id)
    return {
      id,
      kind: 'service',
      requests: m?.requests ?? 0,
      errorRatio: m?.errorRatio ?? 0,
      p95Ns: m?.p95Ns ?? 0,
      change: compared ? serviceChange(before.get(id), m) : null,
    }
  })
  // a peer that has the name of a service is told apart by its kind
  const peerId = (name: string, kind: NodeKind) => (kind !== 'service' && ids.has(name) ? `${name} (${kind})` : name)
  const peers = new Map<string, { kind: NodeKind; requests: number; errors: number; p95: number }>()
  for (const e of edges) {
    for (const [name, kind] of [
      [e.a, e.akind],
      [e.b, e.bkind],
    ] as const) {
      if (kind === 'service') continue
      const id = peerId(name, kind)
      const held = peers.get(id) ?? { kind, requests: 0, errors: 0, p95: 0 }
      held.requests += e.requests
      held.errors += e.errors
      held.p95 = Math.max(held.p95, e.p95)
      peers.set(id, held)
    }
  }
  for (const [id, p] of peers)
    nodes.push({
      id,
      kind: p.kind,
      requests: p.requests,
      errorRatio: p.errors / p.requests,
      p95Ns: p.p95,
      change: null,
    })
  const ownCount = new Map(counted.calls.map((call) => [JSON.stringify([call.parent, call.child]), call]))
  const countOf = (call: CountedCalls | undefined) =>
    call ? { source: call.source, calls: call.calls, errors: call.errors ?? null } : null
  const seen = edges.map((e) => {
    const was = earlier.get(JSON.stringify([e.a, e.b, e.bkind]))
    return {
      from: peerId(e.a, e.akind),
      to: peerId(e.b, e.bkind),
      requests: e.requests,
      errorRatio: e.errors / e.requests,
      p95Ns: e.p95,
      beforeErrorRatio: was ? was.errors / was.requests : null,
      beforeP95Ns: was ? was.p95 : null,
      counted: e.bkind === 'service' ? countOf(ownCount.get(JSON.stringify([e.a, e.b]))) : null,
      countedOnly: false,
    }
  })
  const known = new Set(seen.map((e) => JSON.stringify([e.from, e.to])))
  return {
    nodes,
    edges: [
      ...seen,
      ...[...ownCount].flatMap(([key, call]) =>
        known.has(key) || call.calls === 0
          ? []
          : [
              {
                from: call.parent,
                to: call.child,
                requests: call.calls,
                errorRatio: (call.errors ?? 0) / call.calls,
                p95Ns: null,
                beforeErrorRatio: null,
                beforeP95Ns: null,
                counted: countOf(call),
                countedOnly: true,
              },
            ],
      ),
    ],
    completeness: uniteCompleteness([asked.scope.completeness, counted.completeness]),
  }
}

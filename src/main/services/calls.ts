// Who waits for whom, and who reads what another publishes: names alone, for the ranking of changes.

import type { Calls } from '../../shared/domain/cause-weight.ts'
import type { Asked } from './overview.ts'
import { spanning } from './windows.ts'
import type { Windows } from './moves.ts'

/** Past this many spans one trace in so many is asked: which services call each other shows in a part as well. */
const ENOUGH = 300_000

export async function callsIn({ store, scope, signal }: Asked, w: Windows): Promise<Omit<Calls, 'hosts'>> {
  const spans = scope.relation('spans', spanning(w.range, w.before))
  const [all] = await store.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${spans}`, [], { signal })
  const oneIn = (all?.n ?? 0n) / BigInt(ENOUGH) + 1n
  const edges = await store.rows<{ a: string; b: string; waits: boolean }>(
    `WITH picked AS MATERIALIZED (SELECT source, trace_id, span_id, parent_id, service, kind, attrs FROM ${spans} WHERE hash(trace_id) % ${oneIn} = 0),
      topics AS (SELECT hash, any_value(coalesce(json ->> '/messaging.destination.name', json ->> '/messaging.destination')) AS topic
        FROM ${scope.relation('attributes')} WHERE hash IN (SELECT attrs FROM picked WHERE kind IN (4, 5)) GROUP BY hash),
      ends AS (SELECT DISTINCT service, kind, topic FROM picked JOIN topics ON hash = attrs WHERE kind IN (4, 5) AND topic IS NOT NULL)
     SELECT DISTINCT p.service AS a, c.service AS b, true AS waits FROM picked c
       JOIN picked p ON p.source = c.source AND p.trace_id = c.trace_id AND p.span_id = c.parent_id WHERE p.service <> c.service AND c.kind <> 5
     UNION ALL SELECT DISTINCT r.service, s.service, false FROM ends r JOIN ends s USING (topic) WHERE r.kind = 5 AND s.kind = 4 AND r.service <> s.service`,
    [],
    { signal },
  )
  const named = (waits: boolean) => {
    const out = new Map<string, Set<string>>()
    for (const edge of edges.filter((e) => e.waits === waits)) {
      const held = out.get(edge.a)
      if (held) held.add(edge.b)
      else out.set(edge.a, new Set([edge.b]))
    }
    return out
  }
  return { callees: named(true), producers: named(false) }
}

// Which services got worse on one machine and not elsewhere: what a node does to what runs on it.

import type { Asked } from './overview.ts'
import type { Windows } from './moves.ts'
import { spanning, within } from './windows.ts'

/** names of the label that says which machine a series is of; the host part of `instance` */
const HOST_LABELS = [
  'node',
  'k8s_node_name',
  'kubernetes_node',
  'nodename',
  'host_name',
  'host',
  'hostname',
  'instance',
]
const POD_LABELS = ['pod', 'k8s_pod_name', 'kubernetes_pod_name', 'pod_name']
/** the machines that moved most */
const MOST_HOSTS = 3
/** of requests, or a share says nothing */
const LEAST_SPANS = 20

/** The machine that a series of no service is of. */
export function hostOf(labels: string): string | undefined {
  const found = firstOf(labels, HOST_LABELS)
  return found?.name === 'instance' ? found.value.replace(/:\d+$/, '') : found?.value
}

/** The pod that a series is of. */
export const podOf = (labels: string): string | undefined => firstOf(labels, POD_LABELS)?.value

function firstOf(labels: string, names: readonly string[]): { name: string; value: string } | undefined {
  const found = JSON.parse(labels) as Record<string, unknown>
  for (const name of names) {
    const value = found[name]
    if (typeof value === 'string' && value !== '') return { name, value }
  }
  return undefined
}

export interface MovedHost {
  readonly host: string
  readonly score: number
  readonly at: bigint
}

/** The largest rise of each machine's own measures and when it began, largest first: what falls there slows nothing down. */
export function movedHosts(
  moves: ReadonlyArray<{
    readonly host?: string | undefined
    readonly direction: string
    readonly score: number
    readonly at: bigint | null
  }>,
): MovedHost[] {
  const found = new Map<string, MovedHost>()
  for (const { host, direction, score, at } of moves) {
    if (host === undefined || at === null || direction !== 'up') continue
    const held = found.get(host)
    if (held === undefined || score > held.score || (score === held.score && at < held.at))
      found.set(host, { host, score, at })
  }
  return [...found.values()].toSorted((a, b) => b.score - a.score || (a.host < b.host ? -1 : 1)).slice(0, MOST_HOSTS)
}

/**
 * Service -> machines on which alone it got worse: its requests there take twice as long or fail ten points more often than
 * in the baseline, those on other machines do not. A service that runs on one machine only tells nothing of it.
 */
export async function servicesOfHosts(
  asked: Asked,
  w: Windows,
  hosts: readonly MovedHost[],
): Promise<Map<string, MovedHost[]>> {
  const out = new Map<string, MovedHost[]>()
  if (hosts.length === 0) return out
  const { store, scope, signal } = asked
  const names = hosts.map((_, i) => `$${i + 1}`)
  const spans = scope.relation('spans', spanning(w.range, w.before))
  const requests = `kind IN (2, 5) AND (${within('start_ns', w.range)} OR ${within('start_ns', w.before)})`
  // a store holds millions of attribute sets: only those of the machines that served are read
  const rows = await store.rows<{ host: string; service: string }>(
    `WITH ran AS MATERIALIZED (SELECT DISTINCT service, resource FROM ${spans} WHERE ${requests}),
      machines AS MATERIALIZED (SELECT hash, any_value(coalesce(json ->> '/k8s.node.name', json ->> '/host.name')) AS host
        FROM ${scope.relation('attributes')} WHERE hash IN (SELECT resource FROM ran) GROUP BY hash HAVING host IS NOT NULL),
      moved AS MATERIALIZED (SELECT DISTINCT service, host FROM ran JOIN machines ON hash = resource WHERE host IN (${names.join(', ')})),
      requests AS (SELECT moved.service, moved.host, machines.host = moved.host AS here, ${within('start_ns', w.range)} AS later, duration_ns, status
        FROM ${spans} s JOIN moved ON moved.service = s.service JOIN machines ON hash = resource WHERE ${requests}),
      counted AS (SELECT service, host, here,
          count(*) FILTER (later) AS n, count(*) FILTER (NOT later) AS was_n,
          quantile_cont(duration_ns, 0.95) FILTER (later) AS p95, quantile_cont(duration_ns, 0.95) FILTER (NOT later) AS was_p95,
          avg((status = 2)::DOUBLE) FILTER (later) AS errors, avg((status = 2)::DOUBLE) FILTER (NOT later) AS was_errors
        FROM requests GROUP BY ALL
        HAVING count(*) FILTER (later) >= ${LEAST_SPANS} AND count(*) FILTER (NOT later) >= ${LEAST_SPANS}),
      judged AS (SELECT service, host, here, p95 >= 2 * was_p95 OR errors >= was_errors + 0.1 AS worse FROM counted)
     SELECT a.host, a.service FROM judged a JOIN judged b ON b.service = a.service AND b.host = a.host
     WHERE a.here AND a.worse AND NOT b.here AND NOT b.worse ORDER BY a.service, a.host`,
    hosts.map(({ host }) => host),
    { signal },
  )
  for (const { host, service } of rows) {
    const moved = hosts.find((each) => each.host === host)
    if (moved) out.set(service, [...(out.get(service) ?? []), moved])
  }
  return out
}

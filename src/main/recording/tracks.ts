// What is recorded of an incident's live sources: the raw samples behind every query that is pinned or a lane, so that the
// same query can be asked of them later; the alerts of a Prometheus; traces of the incident's services; alerts.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { type EpochNs, parseRange } from '../../shared/base/time.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import type { RecordedPart, Track } from '../../shared/domain/recording.ts'
import {
  fixedName,
  METRIC_NAME,
  parsePromQL,
  printMatchers,
  printSelector,
  tryParsePromQL,
  walk,
} from '../../shared/promql/index.ts'
import type { EngineContext } from '../engine/api.ts'
import type { LiveSource } from '../platform/connector.ts'

export interface Wanted {
  readonly part: RecordedPart
  readonly query: string
  /** nanoseconds that are needed before the incident's window */
  readonly lookback: bigint
}

export interface Unrecorded {
  readonly source: string
  readonly what: string
  readonly reason: string
}

/** What PromQL looks back for a value. */
const LOOKBACK_NS = 300_000_000_000n
/** A query that reads further back is recorded no further than that. */
const MOST_LOOKBACK_NS = 6n * 3_600_000_000_000n
const ALERTS = '{__name__="ALERTS"}'
const PINNED = new Set(['metrics.lane', 'metrics.query', 'metrics.heatmap', 'metrics.exemplars'])

export function liveOf(engine: EngineContext, incident: Incident): LiveSource[] {
  // an incident that names no sources is about all of them
  return engine.live.among(incident.sources.length === 0 ? undefined : incident.sources)
}

export function wantedOf(
  engine: EngineContext,
  incident: Incident,
  { id, metrics, traces, alerts }: LiveSource,
): { wanted: Wanted[]; unrecorded: Unrecorded[] } {
  const wanted: Wanted[] = []
  const unrecorded: Unrecorded[] = []
  if (metrics) {
    const selectors = new Map<string, bigint>([[ALERTS, 0n]])
    for (const query of pinnedQueries(engine, incident, id)) {
      try {
        for (const { selector, lookback } of selectorsOf(query)) {
          const known = selectors.get(selector) ?? 0n
          selectors.set(selector, lookback > known ? lookback : known)
        }
      } catch (error) {
        if (!(error instanceof WatchdeckError)) throw error
        unrecorded.push({
          source: id,
          what: query,
          reason: 'The query is not understood here: only its pinned answer is kept.',
        })
      }
    }
    for (const [query, lookback] of selectors) wanted.push({ part: 'metrics', query, lookback })
  }
  if (traces)
    for (const query of incident.services.length === 0 ? [''] : incident.services)
      wanted.push({ part: 'traces', query, lookback: 0n })
  if (alerts) wanted.push({ part: 'alerts', query: '', lookback: 0n })
  return { wanted, unrecorded }
}

function pinnedQueries(engine: EngineContext, incident: Incident, source: string): string[] {
  const queries = new Set<string>()
  for (const { what } of engine.catalog.entries.list(incident.id)) {
    if (what === null || !PINNED.has(what.method)) continue
    const { query, metric, sources } = what.input
    if (Array.isArray(sources) && !sources.includes(source)) continue
    if (what.method === 'metrics.heatmap' && typeof metric === 'string')
      for (const each of histogramQueries(metric)) queries.add(each)
    else if (typeof query === 'string' && query.trim() !== '') queries.add(query)
  }
  return [...queries]
}

/** What a heatmap asks for: the histogram as classic buckets and as a native one; its rates look this far back. */
function histogramQueries(metric: string): string[] {
  const selector = tryParsePromQL(metric)
  const name = selector?.kind === 'selector' ? fixedName(selector.matchers) : undefined
  if (selector?.kind !== 'selector' || name === undefined) return [metric]
  const base = name.replace(/_bucket$/, '')
  const rest = selector.matchers.filter((matcher) => matcher.name !== METRIC_NAME)
  return [`${base}_bucket`, base].map((each) => `rate(${printSelector(each, rest)}[10m])`)
}

/** Every selector of a query with how far before an instant its samples are needed. @throws WatchdeckError */
export function selectorsOf(query: string): Array<{ selector: string; lookback: bigint }> {
  const expr = parsePromQL(query)
  let back = 0
  const found: string[] = []
  walk(expr, (node) => {
    // ranges within each other add up; beside each other they do not, which errs on the long side
    if (node.kind === 'matrix' || node.kind === 'subquery') back += node.range
    if (node.kind === 'selector' || node.kind === 'subquery') back += Math.max(0, node.offset)
    if (node.kind === 'selector') found.push(printMatchers(node.matchers))
  })
  const ns = BigInt(Math.ceil(back)) * 1_000_000n + LOOKBACK_NS
  const lookback = ns > MOST_LOOKBACK_NS ? MOST_LOOKBACK_NS : ns
  return [...new Set(found)].map((selector) => ({ selector, lookback }))
}

/** The tracks of a source as they should be now; what is known of each stays. */
export function tracksOf(
  known: readonly Track[],
  source: string,
  wanted: readonly Wanted[],
  incident: Incident,
  now: EpochNs,
): Track[] {
  const { from } = parseRange(incident.range, now)
  return wanted.map(({ part, query, lookback }): Track => {
    const start = from - lookback
    const old = known.find((track) => track.source === source && track.part === part && track.query === query)
    if (old) {
      if (start < BigInt(old.from)) old.from = `${start}`
      return old
    }
    return { source, part, query, from: `${start}`, covered: [], lasting: [], rows: 0, perMinute: 0 }
  })
}

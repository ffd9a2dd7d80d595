// Lanes worth looking at first, from the names that are there: requests, errors and durations of a service (or of all),
// then what it runs out of. Only what the catalogue and its labels bear out is offered.

import { engine, rowsOf } from '../../lib/engine/index.ts'
import { type Lane, newLane } from './lanes.ts'

export interface Known {
  readonly name: string
  readonly type: string
  readonly unit: string
}

/** What the rules ask about labels. */
export interface LabelLookup {
  names(metric: string): Promise<readonly string[]>
  values(metric: string, label: string): Promise<readonly string[]>
  /** names of all metrics that have series of a selector */
  metrics(selector: string): Promise<ReadonlySet<string>>
}

const WINDOW = '[2m]'
/** Metrics whose labels are asked one by one before an offer is given up. */
const MOST_TRIED = 10
const SERVICE_LABELS = ['service', 'service_name', 'job', 'app', 'container', 'deployment']
const OUTCOME_LABELS = ['code', 'status_code', 'http_response_status_code', 'status', 'outcome', 'result']
const FAILED = /^(?:5\d\d|5xx|err(?:or)?|fail(?:ed|ure)?|false)$/i

const quoted = (value: string): string => JSON.stringify(value)

interface Scope {
  readonly service: string | undefined
  readonly pod: string | undefined
  readonly lookup: LabelLookup
}

/** A histogram is known by its own name and has its labels on its series. */
const namesOf = (metric: Known): string[] =>
  metric.type === 'histogram' ? ['_count', '_bucket', '_sum', ''].map((end) => metric.name + end) : [metric.name]

/**
 * The label by which a metric names the service, and its matcher; undefined when the metric does not speak of it. Which
 * metrics do is asked once for each label, not of each metric: a server may have hundreds that look alike.
 */
async function scoped(metric: Known, scope: Scope): Promise<{ label: string; matcher: string } | undefined> {
  const wanted = scope.pod ?? scope.service
  if (wanted === undefined) {
    const names = await scope.lookup.names(namesOf(metric)[0] ?? metric.name)
    const label = SERVICE_LABELS.find((each) => names.includes(each))
    return label === undefined ? undefined : { label, matcher: '' }
  }
  for (const label of scope.pod === undefined ? SERVICE_LABELS : ['pod']) {
    const matcher = `${label}=${quoted(wanted)}`
    const those = await scope.lookup.metrics(`{${matcher}}`)
    if (namesOf(metric).some((name) => those.has(name))) return { label, matcher }
  }
  return undefined
}

const selector = (metric: string, ...matchers: string[]): string => {
  const inside = matchers.filter((m) => m !== '').join(', ')
  return inside === '' ? metric : `${metric}{${inside}}`
}

async function failedMatcher(
  metric: string,
  lookup: LabelLookup,
): Promise<{ label: string; matcher: string } | undefined> {
  const names = await lookup.names(metric)
  for (const label of OUTCOME_LABELS) {
    if (!names.includes(label)) continue
    const failed = (await lookup.values(metric, label)).filter((v) => FAILED.test(v))
    if (failed.length > 0)
      return {
        label,
        matcher:
          failed.length === 1 ? `${label}=${quoted(failed[0] as string)}` : `${label}=~${quoted(failed.join('|'))}`,
      }
  }
  return undefined
}

/** What a service answers stands before what the platform under it answers. */
const infrastructure = (m: Known): number =>
  /^(?:coredns|apiserver|etcd|kube|kubelet|node|container|prometheus|alertmanager|grafana|istio|envoy|nginx|go|process|scrape|workqueue|rest_client)_/.test(
    m.name,
  )
    ? 1
    : 0

export async function suggestLanes(
  known: readonly Known[],
  service: string | undefined,
  pod: string | undefined,
  lookup: LabelLookup,
): Promise<Lane[]> {
  const scope: Scope = { service, pod, lookup }
  const lanes: Lane[] = []
  const one = service !== undefined || pod !== undefined
  const pick = async (
    wanted: (m: Known) => boolean,
    make: (m: Known, by: { label: string; matcher: string }) => Promise<Lane[]>,
  ): Promise<void> => {
    const alike = known.filter(wanted).toSorted((a, b) => infrastructure(a) - infrastructure(b))
    for (const metric of one ? alike : alike.slice(0, MOST_TRIED)) {
      const by = await scoped(metric, scope)
      if (!by) continue
      lanes.push(...(await make(metric, by)))
      return
    }
  }
  await pick(
    (m) =>
      m.type === 'sum' &&
      /(?:http|grpc|rpc_server|server)?_?requests(?:_total)?$/.test(m.name) &&
      !/client/.test(m.name),
    async (m, by) => {
      const failed = await failedMatcher(m.name, lookup)
      const rate = (...more: string[]): string => `rate(${selector(m.name, by.matcher, ...more)}${WINDOW})`
      const group = one ? (failed ? ` by (${failed.label})` : '') : ` by (${by.label})`
      const total = one ? 'sum' : `sum by (${by.label})`
      return [
        newLane(`sum${group} (${rate()})`, { stacked: true }),
        ...(failed ? [newLane(`${total} (${rate(failed.matcher)}) / ${total} (${rate()})`)] : []),
      ]
    },
  )
  await pick(
    (m) => m.type === 'histogram' && /duration|latency|time/.test(m.name),
    async (m, by) => {
      const group = one ? 'le' : `${by.label}, le`
      return [
        newLane(
          `histogram_quantile(0.95, sum by (${group}) (rate(${selector(`${m.name}_bucket`, by.matcher)}${WINDOW})))`,
        ),
        ...(one ? [newLane(selector(m.name, by.matcher), { heatmap: true })] : []),
      ]
    },
  )
  await pick(
    (m) => m.type === 'sum' && /client.*(?:requests|calls)(?:_total)?$/.test(m.name),
    async (m, by) => {
      const failed = await failedMatcher(m.name, lookup)
      const names = await lookup.names(m.name)
      const target = ['target', 'peer', 'upstream', 'server_address'].find((n) => names.includes(n)) ?? by.label
      return failed
        ? [newLane(`sum by (${target}) (rate(${selector(m.name, by.matcher, failed.matcher)}${WINDOW}))`)]
        : []
    },
  )
  if (one) {
    const rows: ReadonlyArray<readonly [RegExp, (metric: string) => string]> = [
      [/cpu.*seconds_total$/, (s) => `sum by (pod) (rate(${s}${WINDOW}))`],
      [/memory_working_set_bytes$|process_resident_memory_bytes$/, (s) => `sum by (pod) (${s})`],
      [/restarts_total$/, (s) => `sum by (pod) (increase(${s}[10m]))`],
      [/pool_busy$|_connections?_(?:used|active)$/, (s) => s],
    ]
    for (const [pattern, query] of rows)
      await pick(
        (m) => pattern.test(m.name),
        async (m, by) => [newLane(query(selector(m.name, by.matcher)))],
      )
  }
  await pick(
    (m) => /(?:consumergroup|consumer).*lag/.test(m.name) && !one,
    async (m) => [newLane(`sum by (consumergroup) (${m.name})`)],
  )
  return lanes
}

/** Answers from the engine, each asked once. */
export function engineLabels(sources: string[] | undefined, signal: AbortSignal): LabelLookup {
  const kept = new Map<string, Promise<readonly string[]>>()
  const ask = (metric: string, label?: string): Promise<readonly string[]> => {
    const key = `${metric}\n${label ?? ''}`
    let answer = kept.get(key)
    if (!answer) {
      const limit = label === '__name__' ? 5000 : 1000
      const asked = { metric, limit, ...(label === undefined ? {} : { label }), ...(sources ? { sources } : {}) }
      answer = engine()
        .call('metrics.labels', asked, { signal })
        .then(({ table }) => rowsOf(table).map((row) => String(row['value'])))
      kept.set(key, answer)
    }
    return answer
  }
  return {
    names: (metric) => ask(metric),
    values: ask,
    metrics: async (those) => new Set(await ask(those, '__name__')),
  }
}

// Which lanes an incident should begin with: rate, errors, latency and backlog of its services, written as PromQL over
// whatever metrics its sources have. Names decide, the labels confirm; what is not there is not offered.

export interface MetricFact {
  readonly name: string
  /** sum, gauge, histogram (classic), exponential-histogram (native) */
  readonly type: string
  readonly labels: readonly string[]
}

export interface LaneSuggestion {
  readonly id: 'rate' | 'errors' | 'latency' | 'lag' | 'restarts'
  readonly query: string
}

const SERVICE_LABELS = ['service', 'service_name', 'service.name', 'app', 'job']
const STATUS_LABELS = ['code', 'status', 'status_code', 'http_status_code', 'http_response_status_code', 'outcome']
const REQUESTS = [
  /^http_server_requests?_total$/,
  /^http_requests_total$/,
  /^http_server_request_duration_seconds_count$/,
  /(^|_)requests_total$/,
]
const LATENCY = [
  /^http_(server_)?request_duration_(milli)?seconds(_bucket)?$/,
  /(request|call|rpc).*(duration|latency)/,
]
const LAG = [/consumer_?group.*lag$/, /consumer.*lag$/]
const RESTARTS = [/container.*restarts(_total)?$/]

/** The names worth asking the labels of, at most one for each kind. */
export function candidates(metrics: ReadonlyArray<Pick<MetricFact, 'name' | 'type'>>): string[] {
  const names = metrics.map((m) => m.name)
  const found = [
    first(names, REQUESTS),
    first(
      metrics.filter(isHistogram).map((m) => m.name),
      LATENCY,
    ),
    first(names, LAG),
    first(names, RESTARTS),
  ]
  return found.filter((name) => name !== undefined)
}

/** `services`: those that the incident is about; empty for all. */
export function suggestLanes(metrics: readonly MetricFact[], services: readonly string[]): LaneSuggestion[] {
  const fact = (patterns: readonly RegExp[], fits: (m: MetricFact) => boolean = () => true): MetricFact | undefined => {
    const name = first(
      metrics.filter(fits).map((m) => m.name),
      patterns,
    )
    return metrics.find((m) => m.name === name)
  }
  const out: LaneSuggestion[] = []
  const requests = fact(REQUESTS)
  if (requests) {
    const service = requests.labels.find((l) => SERVICE_LABELS.includes(l))
    const own = matcher(service, services)
    const by = service === undefined ? '' : ` by (${service})`
    out.push({ id: 'rate', query: `sum${by}(rate(${requests.name}${braces(own)}[2m]))` })
    const status = STATUS_LABELS.find((l) => requests.labels.includes(l))
    if (status !== undefined) {
      const failed = status === 'outcome' ? `${status}=~"error|failed|failure"` : `${status}=~"5..?|5xx"`
      out.push({
        id: 'errors',
        query: `sum${by}(rate(${requests.name}${braces(own, failed)}[2m])) / sum${by}(rate(${requests.name}${braces(own)}[2m]))`,
      })
    }
  }
  const latency = fact(LATENCY, isHistogram)
  if (latency) {
    const service = latency.labels.find((l) => SERVICE_LABELS.includes(l))
    const own = braces(matcher(service, services))
    const native = latency.type === 'exponential-histogram'
    const by = [...(native ? [] : ['le']), ...(service === undefined ? [] : [service])].join(', ')
    const series = native ? latency.name : `${latency.name.replace(/_bucket$/, '')}_bucket`
    out.push({
      id: 'latency',
      query: `histogram_quantile(0.95, sum${by === '' ? '' : ` by (${by})`}(rate(${series}${own}[2m])))`,
    })
  }
  const lag = fact(LAG)
  if (lag) {
    const by = lag.labels.filter((l) => /group|topic/.test(l))
    out.push({ id: 'lag', query: `sum${by.length === 0 ? '' : ` by (${by.join(', ')})`}(${lag.name})` })
  }
  const restarts = fact(RESTARTS)
  if (restarts) {
    const by = restarts.labels.find((l) => SERVICE_LABELS.includes(l) || l === 'container')
    out.push({
      id: 'restarts',
      query: `sum${by === undefined ? '' : ` by (${by})`}(increase(${restarts.name}[5m])) > 0`,
    })
  }
  return out
}

const isHistogram = (metric: Pick<MetricFact, 'name' | 'type'>): boolean =>
  metric.type.endsWith('histogram') || metric.name.endsWith('_bucket')

function first(names: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const name = names.find((n) => pattern.test(n))
    if (name !== undefined) return name
  }
  return undefined
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function matcher(label: string | undefined, services: readonly string[]): string | undefined {
  if (label === undefined || services.length === 0) return undefined
  return services.length === 1
    ? `${label}=${quoted(services[0] ?? '')}`
    : `${label}=~${quoted(services.map(escaped).join('|'))}`
}

function braces(...matchers: ReadonlyArray<string | undefined>): string {
  const given = matchers.filter((m) => m !== undefined)
  return given.length === 0 ? '' : `{${given.join(',')}}`
}

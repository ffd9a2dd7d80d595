// Links and ids that people paste from other tools, read into what they mean: a trace, a trace search, a metric query,
// a log search, the time of a dashboard. Nothing is fetched; a link that says nothing we know answers undefined.

export interface LinkRange {
  /** RFC 3339, `now-1h`, epoch nanoseconds as text, or as the other tool writes it: `now-1d/d` */
  readonly from: string
  readonly to: string
}

export type PastedLink =
  | { readonly kind: 'trace'; readonly traceId: string; readonly spanId?: string; readonly range?: LinkRange }
  | {
      readonly kind: 'traces'
      readonly service?: string
      readonly operation?: string
      readonly attributes?: Readonly<Record<string, string>>
      readonly minDuration?: string
      readonly maxDuration?: string
      readonly range?: LinkRange
    }
  | { readonly kind: 'metrics'; readonly query: string; readonly range?: LinkRange }
  | { readonly kind: 'logs'; readonly query: string; readonly range?: LinkRange }
  | {
      /** a dashboard's link names its panels, but does not hold their queries */
      readonly kind: 'dashboard'
      readonly name: string
      readonly service?: string
      readonly range?: LinkRange
      /** variables of the link that mean nothing here, as they are written: `env=prod` */
      readonly left: readonly string[]
    }

/** A W3C traceparent, a bare trace id (16 or 32 hex, UUID dashes allowed, or base64 as protobuf's JSON has it), or a Jaeger, Grafana or Kibana address. */
export function parsePasted(text: string): PastedLink | undefined {
  const t = text.trim()
  if (t.length > 20_000) return undefined
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/i.exec(t)
  if (parent) return traceLink(parent[1] as string, parent[2] as string)
  const id = traceIdOf(t)
  if (id !== undefined) return { kind: 'trace', traceId: id }
  if (!/^https?:\/\//i.test(t) || !URL.canParse(t)) return undefined
  const url = new URL(t)
  return jaeger(url) ?? grafana(url) ?? dashboard(url) ?? kibana(url)
}

/** 8 or 16 bytes with their padding: an id of hex digits never has it. */
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_ID = /^(?:[A-Za-z0-9+/]{11}=|[A-Za-z0-9+/]{22}==)$/

function traceIdOf(text: string): string | undefined {
  if (BASE64_ID.test(text)) {
    let bits = 0n
    const digits = text.replace(/=+$/, '')
    for (const char of digits) bits = bits * 64n + BigInt(BASE64.indexOf(char))
    const spare = BigInt((digits.length * 6) % 8)
    return bits >> spare === 0n ? undefined : (bits >> spare).toString(16).padStart(text.endsWith('==') ? 32 : 16, '0')
  }
  const hex = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
    ? text.replaceAll('-', '')
    : text
  if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(hex) || /^0+$/.test(hex)) return undefined
  return hex.toLowerCase()
}

function traceLink(traceId: string, spanId: string | null | undefined, range?: LinkRange): PastedLink {
  return {
    kind: 'trace',
    traceId: traceId.toLowerCase(),
    ...(spanId && /^[0-9a-f]{1,16}$/i.test(spanId) ? { spanId: spanId.toLowerCase().padStart(16, '0') } : {}),
    ...(range ? { range } : {}),
  }
}

/** `/trace/<id>?uiFind=<span>`, `/search?service=&operation=&tags={}&start=<us>&end=<us>` under any prefix. */
function jaeger(url: URL): PastedLink | undefined {
  const trace = /\/trace\/([0-9a-f]{1,32})\/?$/i.exec(url.pathname)
  if (trace) return traceLink(trace[1] as string, url.searchParams.get('uiFind'))
  const q = url.searchParams
  const service = q.get('service')
  if (!/\/search\/?$/.test(url.pathname) || service === null) return undefined
  const operation = q.get('operation')
  const tags = objectOf(tryJson(q.get('tags')))
  const attributes = Object.entries(tags).map(([k, v]) => [k, String(v)] as const)
  const [start, end] = [q.get('start'), q.get('end')]
  const exact = /^\d{13,16}$/
  return {
    kind: 'traces',
    service,
    ...(operation && operation !== 'all' ? { operation } : {}),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
    ...(q.get('minDuration') ? { minDuration: q.get('minDuration') as string } : {}),
    ...(q.get('maxDuration') ? { maxDuration: q.get('maxDuration') as string } : {}),
    ...(start && end && exact.test(start) && exact.test(end)
      ? { range: { from: microsAsNs(start), to: microsAsNs(end) } }
      : lookedBack(q.get('lookback'))),
  }
}

/** A link that was written by hand may have no more of its time than how far back it looks. */
const lookedBack = (lookback: string | null): { range?: { from: string; to: string } } =>
  lookback !== null && /^\d{1,4}[smhdw]$/.test(lookback) ? { range: { from: `now-${lookback}`, to: 'now' } } : {}

/** Explore links of Grafana: `panes={id:{queries,range}}` (10 and later) or `left={queries,range}` or `left=[from,to,..]`. */
function grafana(url: URL): PastedLink | undefined {
  if (!url.pathname.replace(/\/$/, '').endsWith('/explore')) return undefined
  const panes = objectOf(tryJson(url.searchParams.get('panes')))
  const left = tryJson(url.searchParams.get('left'))
  const panesOrLeft = [
    ...Object.values(panes),
    ...(Array.isArray(left) ? [{ queries: left.slice(3), range: { from: left[0], to: left[1] } }] : [left]),
  ]
  for (const pane of panesOrLeft.map(objectOf)) {
    const range = rangeOf(objectOf(pane['range']))
    const ranged = range ? { range } : {}
    for (const query of arrayOf(pane['queries']).map(objectOf)) {
      const type = text(objectOf(query['datasource'])['type'])
      const expression = text(query['expr'])
      if (expression !== '')
        return type === 'loki'
          ? { kind: 'logs', query: lokiAsQuery(expression), ...ranged }
          : { kind: 'metrics', query: expression, ...ranged }
      const asked = text(query['query'])
      const id = traceIdOf(asked)
      if (id !== undefined) return traceLink(id, undefined, range)
      if (type === 'jaeger' && text(query['service']) !== '')
        return {
          kind: 'traces',
          service: text(query['service']),
          ...(text(query['operation']) ? { operation: text(query['operation']) } : {}),
          ...ranged,
        }
      if (type === 'elasticsearch' && asked !== '') return { kind: 'logs', query: asked, ...ranged }
    }
  }
  return undefined
}

/** Names that variables of dashboards have for a service. */
const SERVICE_VARIABLES = new Set(['service', 'service_name', 'servicename', 'svc', 'app', 'application', 'job'])

/** `/d/<uid>/<slug>?from=&to=&var-<name>=` and `/d-solo/..` of Grafana: its time, and the service among its variables. */
function dashboard(url: URL): PastedLink | undefined {
  const path = /\/d(?:-solo)?\/([\w-]+)(?:\/([^/]+))?\/?$/.exec(url.pathname)
  if (!path) return undefined
  const range = rangeOf({ from: dashTime(url.searchParams.get('from')), to: dashTime(url.searchParams.get('to')) })
  const chosen = [...new Set([...url.searchParams].map(([key]) => key))]
    .filter((key) => key.startsWith('var-'))
    .map((key) => ({ name: key.slice(4), values: url.searchParams.getAll(key).filter((value) => value !== '') }))
    // all values of a variable are no choice
    .filter(({ values }) => values.length > 0 && !values.some((value) => /^(?:\$__all|all)$/i.test(value)))
  const service = chosen.find(({ name, values }) => SERVICE_VARIABLES.has(name.toLowerCase()) && values.length === 1)
  return {
    kind: 'dashboard',
    name: path[2] ?? (path[1] as string),
    ...(service ? { service: service.values[0] as string } : {}),
    ...(range ? { range } : {}),
    left: chosen.filter((each) => each !== service).map(({ name, values }) => `${name}=${values.join(',')}`),
  }
}

/** Grafana also writes `2026-11-02T14:00:00.000Z` and `20261102T140000`. */
const dashTime = (value: string | null): string =>
  (value ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/, '$1-$2-$3T$4:$5:$6Z')

/** The matchers of a Loki selector as terms, line filters as phrases: `{app="x"} |= "y"` -> `app:x "y"`. */
function lokiAsQuery(expression: string): string {
  const terms: string[] = []
  const selector = /\{([^}]*)\}/.exec(expression)?.[1] ?? ''
  for (const m of selector.matchAll(/([\w.]+)\s*(=|!=)\s*"((?:[^"\\]|\\.)*)"/g))
    terms.push(`${m[2] === '!=' ? '-' : ''}${m[1]}:"${m[3]}"`)
  for (const m of expression.matchAll(/(\|=|!=)\s*"((?:[^"\\]|\\.)*)"(?![^{]*\})/g))
    terms.push(`${m[1] === '!=' ? '-' : ''}"${m[2]}"`)
  return terms.join(' ')
}

/** Discover links of Kibana: rison in `_g` (time) and `_a` (query, filters). */
function kibana(url: URL): PastedLink | undefined {
  if (!/\/app\/(?:discover|kibana|data-explorer|logs)/.test(url.pathname)) return undefined
  const cut = url.hash.indexOf('?')
  const inHash = new URLSearchParams(cut < 0 ? '' : url.hash.slice(cut + 1))
  const g = objectOf(parseRison(inHash.get('_g') ?? url.searchParams.get('_g') ?? ''))
  const a = objectOf(parseRison(inHash.get('_a') ?? inHash.get('_q') ?? url.searchParams.get('_a') ?? ''))
  const asked = objectOf(a['query'])
  const typed = text(asked['query']).trim()
  const terms = [text(asked['language']) === 'lucene' ? typed : kqlAsQuery(typed)].filter((q) => q !== '')
  for (const filter of arrayOf(a['filters']).map(objectOf)) {
    const meta = objectOf(filter['meta'])
    if (meta['disabled'] === true) continue
    const key = text(meta['key'])
    const value = text(objectOf(meta['params'])['query'])
    if (key !== '' && value !== '')
      terms.push(`${meta['negate'] === true ? '-' : ''}${key}:"${value.replace(/[\\"]/g, '\\$&')}"`)
  }
  const range = rangeOf(objectOf(g['time']))
  if (terms.length === 0 && !range) return undefined
  return { kind: 'logs', query: terms.join(' '), ...(range ? { range } : {}) }
}

/** Kibana's own language writes operators in any case and a space after the colon: `level: error or not service: a`. */
function kqlAsQuery(kql: string): string {
  // texts in quotes stay as they are
  const parts = kql.match(/"(?:[^"\\]|\\.)*"|[^"]+|"/g) ?? []
  const outside = (part: string): string =>
    part
      .replace(/(?<![^\s()])(and|or|not)(?![^\s()])/gi, (word) => word.toUpperCase())
      .replace(/(?<=[\w.@-])\s*:\s*/g, ':')
      .replace(/(?<=[\w.@-])\s*(>=|<=|>|<)\s*/g, '$1')
  return parts.map((part) => (part.startsWith('"') ? part : outside(part))).join('')
}

function rangeOf(range: Record<string, unknown>): LinkRange | undefined {
  const [from, to] = [text(range['from']), text(range['to'])]
  if (from === '' || to === '') return undefined
  // Grafana writes milliseconds
  const asNs = (value: string): string => (/^\d{13}$/.test(value) ? `${value}000000` : value)
  return { from: asNs(from), to: asNs(to) }
}

const microsAsNs = (value: string): string => (value.length === 13 ? `${value}000000` : `${value}000`)
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const arrayOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

function tryJson(value: string | null): unknown {
  if (value === null) return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** Rison (github.com/Nanonid/rison): JSON for addresses. Undefined when it is malformed or nested past 50 levels. */
export function parseRison(source: string): unknown {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError('not rison')
  }
  function value(depth: number): unknown {
    if (depth > 50) fail()
    const c = source[at]
    if (c === "'") return quoted()
    if (c === '(') return object(depth)
    if (c === '!') {
      const kind = source[at + 1]
      at += 2
      if (kind === 't') return true
      if (kind === 'f') return false
      if (kind === 'n') return null
      if (kind === '(') return list(depth)
      return fail()
    }
    const word = /[^'!:(),*@$]+/y
    word.lastIndex = at
    const m = word.exec(source)
    if (!m) return fail()
    at = word.lastIndex
    return /^-?\d+(?:\.\d+)?(?:e-?\d+)?$/.test(m[0]) ? Number(m[0]) : m[0]
  }
  function quoted(): string {
    let out = ''
    for (at++; at < source.length; at++) {
      const c = source[at] as string
      if (c === '!') out += source[++at] ?? ''
      else if (c === "'") {
        at++
        return out
      } else out += c
    }
    return fail()
  }
  function list(depth: number): unknown[] {
    const out: unknown[] = []
    while (source[at] !== ')') {
      out.push(value(depth + 1))
      if (source[at] === ',') at++
      else if (source[at] !== ')') fail()
    }
    at++
    return out
  }
  function object(depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = Object.create(null)
    at++
    while (source[at] !== ')') {
      const key = String(value(depth + 1))
      if (source[at] !== ':') fail()
      at++
      out[key] = value(depth + 1)
      if (source[at] === ',') at++
      else if (source[at] !== ')') fail()
    }
    at++
    return out
  }
  try {
    const result = value(0)
    return at === source.length ? result : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

// Live sources in and out: from Grafana's provisioning files, from environment variables, from what was written out here.
// Secrets go out as names of environment variables only.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { LIVE_KINDS, mapSecrets, type Secret, type SourceSpec, zSourceSpec } from '../../shared/contract/source-spec.ts'
import { parseYaml } from '../../shared/wire/yaml.ts'

type Fields = Readonly<Record<string, unknown>>
type Env = Readonly<Record<string, string | undefined>>

export interface Found {
  readonly spec: SourceSpec
  /** what of it could not be taken over, as sentences */
  readonly left: readonly string[]
}

export interface Read {
  readonly found: readonly Found[]
  readonly skipped: ReadonlyArray<{ readonly name: string; readonly reason: string }>
}

const MAX_TEXT = 5_000_000

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const isKind = (type: string): type is SourceSpec['kind'] => LIVE_KINDS.some((kind) => kind === type)

/** @throws WatchdeckError `invalid_input` for what is neither */
export function readSources(given: string): Read {
  if (given.length > MAX_TEXT) throw new WatchdeckError('limit_exceeded', 'The text is larger than 5 MB.')
  let parsed: unknown
  try {
    // JSON is YAML; merges and aliases are not used by either, and bombs of them are refused by the parser
    parsed = parseYaml(given)
  } catch (error) {
    throw new WatchdeckError('invalid_input', 'The text is no YAML.', { cause: error })
  }
  const whole = fields(parsed)
  if (Array.isArray(whole['datasources'])) return gathered(whole['datasources'], grafanaSource)
  if (Array.isArray(whole['watchdeckSources'])) return gathered(whole['watchdeckSources'], (each) => checked(each, []))
  throw new WatchdeckError('invalid_input', 'There are no data sources in the text.', {
    hint: 'A provisioning file of Grafana has a list “datasources”; what sources.write gives has “watchdeckSources”.',
  })
}

function gathered(list: readonly unknown[], read: (each: Fields) => Found | string): Read {
  const found: Found[] = []
  const skipped: Array<{ name: string; reason: string }> = []
  for (const [i, raw] of list.slice(0, 1000).entries()) {
    const each = fields(raw)
    const made = read(each)
    if (typeof made === 'string') skipped.push({ name: text(each['name']) || `#${i + 1}`, reason: made })
    else found.push(made)
  }
  if (list.length > 1000) skipped.push({ name: '', reason: `${list.length - 1000} more than a thousand are not read` })
  return { found, skipped }
}

function checked(spec: Fields, left: readonly string[]): Found | string {
  const result = zSourceSpec.safeParse(spec)
  if (result.success) return { spec: result.data, left }
  const [issue] = result.error.issues
  return `not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()
}

/** `$NAME` and `${NAME}` stand for variables in these files; a whole one becomes a reference, so that no text is copied. */
function secretOf(value: unknown): Secret | undefined {
  const written = text(value)
  const name = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))$/.exec(written)
  const env = name?.[1] ?? name?.[2]
  if (env !== undefined) return { env }
  return written === '' ? undefined : written
}

/** https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources */
function grafanaSource(source: Fields): Found | string {
  const type = text(source['type'])
  const kind = type === 'grafana-amazonprometheus-datasource' ? 'prometheus' : type
  if (!isKind(kind)) return `there is no connector for the type ${JSON.stringify(type.slice(0, 100))}`
  const json = fields(source['jsonData'])
  const secure = fields(source['secureJsonData'])
  const left: string[] = []
  const headers: Record<string, Secret> = {}
  let auth: unknown = { type: 'none' }
  let tenant: string | undefined
  const needed = (secret: Secret | undefined, what: string): Secret => {
    if (secret !== undefined) return secret
    left.push(`its ${what} is not in the file`)
    return { env: `WATCHDECK_SECRET_${variable(text(source['name']))}` }
  }
  for (let n = 1; n <= 50; n++) {
    const name = text(json[`httpHeaderName${n}`])
    if (name === '') continue
    const value = secretOf(secure[`httpHeaderValue${n}`])
    const bearer = typeof value === 'string' ? /^Bearer (.+)$/.exec(value)?.[1] : undefined
    if (name.toLowerCase() === 'x-scope-orgid' && typeof value === 'string') tenant = value
    else if (name.toLowerCase() === 'authorization' && bearer !== undefined)
      auth = { type: 'bearer', token: secretOf(bearer) ?? bearer }
    else headers[name] = needed(value, `header ${name}`)
  }
  if (source['basicAuth'] === true)
    auth = {
      type: 'basic',
      username: text(source['basicAuthUser']),
      password: needed(secretOf(secure['basicAuthPassword'] ?? source['basicAuthPassword']), 'password'),
    }
  if (json['sigV4Auth'] === true)
    auth = {
      type: 'sigv4',
      region: text(json['sigV4Region']) || 'us-east-1',
      accessKeyId: text(secure['sigV4AccessKey']) || 'unknown',
      secretAccessKey: needed(secretOf(secure['sigV4SecretKey']), 'secret access key'),
    }
  const tls = {
    ...(json['tlsAuthWithCACert'] === true && text(secure['tlsCACert']) !== ''
      ? { ca: text(secure['tlsCACert']) }
      : {}),
    ...(json['tlsAuth'] === true && text(secure['tlsClientCert']) !== ''
      ? { cert: text(secure['tlsClientCert']) }
      : {}),
    ...(json['tlsAuth'] === true ? { key: needed(secretOf(secure['tlsClientKey']), 'client key') } : {}),
    ...(text(json['serverName']) === '' ? {} : { serverName: text(json['serverName']) }),
  }
  // whoever wrote the file skipped the check for Grafana's network; here it is asked again
  if (json['tlsSkipVerify'] === true) left.push('certificates are checked here, though the file says not to')
  if (text(source['access']) === 'direct' || text(source['access']) === 'browser')
    left.push('it is asked from this machine')
  if (json['oauthPassThru'] === true) left.push('it signs in as the person at Grafana: give credentials of your own')
  const params = new URLSearchParams(text(json['customQueryParameters']))
  // Mimir and Cortex have the API below a path that Grafana adds by itself
  const below = kind === 'alertmanager' && text(json['implementation']) !== 'prometheus' ? '/alertmanager' : ''
  return checked(
    {
      kind,
      name: text(source['name']).slice(0, 200) || kind,
      url: `${text(source['url']).replace(below === '' ? /$/ : /\/+$/, '')}${below}`,
      auth,
      ...(tenant === undefined ? {} : { tenant }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
      ...(params.size === 0 ? {} : { params: Object.fromEntries(params) }),
    },
    left,
  )
}

/** Where others have the address of such a server. */
const WELL_KNOWN: Readonly<Record<string, SourceSpec['kind']>> = {
  PROMETHEUS_URL: 'prometheus',
  JAEGER_QUERY_URL: 'jaeger',
  ZIPKIN_URL: 'zipkin',
  ALERTMANAGER_URL: 'alertmanager',
}

/**
 * `WATCHDECK_SOURCE_<NAME>_URL` and beside it `_KIND`, `_TOKEN` or `_USER` and `_PASSWORD`, `_TENANT`, `_ENVIRONMENT`; and the
 * well-known names. Secrets stay in their variables and are read at each use.
 */
export function sourcesOfEnvironment(env: Env): Read {
  const found: Found[] = []
  const skipped: Array<{ name: string; reason: string }> = []
  for (const name of Object.keys(env).sort()) {
    const own = /^WATCHDECK_SOURCE_([A-Z0-9_]+)_URL$/.exec(name)?.[1]
    const known = WELL_KNOWN[name]
    const url = env[name]
    if ((own === undefined && known === undefined) || url === undefined || url === '') continue
    const prefix = own === undefined ? '' : `WATCHDECK_SOURCE_${own}_`
    const value = (suffix: string): string | undefined => (own === undefined ? undefined : env[`${prefix}${suffix}`])
    const kind = (
      value('KIND') ??
      known ??
      LIVE_KINDS.find((each) => own?.toLowerCase().includes(each)) ??
      ''
    ).toLowerCase()
    const user = value('USER')
    const auth =
      value('TOKEN') !== undefined
        ? { type: 'bearer', token: { env: `${prefix}TOKEN` } }
        : user !== undefined
          ? { type: 'basic', username: user, password: { env: `${prefix}PASSWORD` } }
          : { type: 'none' }
    const made = isKind(kind)
      ? checked(
          {
            kind,
            name: (own ?? kind).toLowerCase().replaceAll('_', '-'),
            url,
            auth,
            ...(value('TENANT') === undefined ? {} : { tenant: value('TENANT') }),
            ...(value('ENVIRONMENT') === undefined ? {} : { environment: value('ENVIRONMENT') }),
          },
          [],
        )
      : `${prefix}KIND does not say what it is: one of ${LIVE_KINDS.join(', ')}`
    if (typeof made === 'string') skipped.push({ name, reason: made })
    else found.push(made)
  }
  return { found, skipped }
}

const variable = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

/** JSON that `readSources` takes; in place of each kept secret stands the variable that is to hold it there. */
export function writeSources(specs: readonly SourceSpec[]): string {
  const out = specs.map((spec) =>
    mapSecrets(spec, (secret, place) =>
      typeof secret === 'string' || 'vault' in secret
        ? { env: `WATCHDECK_SECRET_${variable(`${spec.name} ${place}`)}` }
        : secret,
    ),
  )
  return `${JSON.stringify({ watchdeckSources: out }, null, 2)}\n`
}

// The name and labels under which PromQL finds an OTLP metric, after the OpenTelemetry to Prometheus compatibility
// specification as Prometheus' own translator applies it (prometheus/otlptranslator, "UnderscoreEscapingWithSuffixes").

import type { Attributes, AttributeValue, MetricType, Resource } from '../../domain/telemetry.ts'
import { setKey } from './attributes.ts'

const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
}
const PER_UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}

/** Resource attributes that become labels beside `job` and `instance`. */
const PROMOTED = [
  'service.version',
  'deployment.environment',
  'deployment.environment.name',
  'container.name',
  'host.name',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'k8s.deployment.name',
  'k8s.node.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.job.name',
  'k8s.cronjob.name',
]

/** `http.server.request.duration`, `s`, histogram -> `http_server_request_duration_seconds`. */
export function promNameOf(name: string, unit: string, type: MetricType, monotonic: boolean): string {
  const tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '')
  const [main, per] = unitSuffixes(unit)
  if (main !== '' && !tokens.includes(main)) tokens.push(main)
  if (per !== '' && !tokens.includes(per)) tokens.push('per', per)
  if (type === 'sum' && monotonic) moveLast(tokens, 'total')
  if (type === 'gauge' && unit === '1') moveLast(tokens, 'ratio')
  const joined = tokens.join('_')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

/** Metadata of a metric that names it as PromQL knows it, where that does not follow from name and unit. */
const PROM_NAME = 'prometheus.name'

export const withPromName = (metadata: Attributes | undefined, promName: string): Attributes => ({
  ...metadata,
  values: { ...metadata?.values, [PROM_NAME]: promName },
})

/** The name that a writer gave along; undefined where there is none that PromQL could have. */
export function givenPromName(metadata: Attributes): string | undefined {
  const given = Object.hasOwn(metadata.values, PROM_NAME) ? metadata.values[PROM_NAME] : undefined
  return typeof given === 'string' && given !== '' ? given : undefined
}

function unitSuffixes(unit: string): [string, string] {
  const slash = unit.indexOf('/')
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim()
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim()
  return [
    /[{}]/.test(main) ? '' : clean(Object.hasOwn(UNITS, main) ? (UNITS[main] as string) : main),
    /[{}]/.test(per) ? '' : clean(Object.hasOwn(PER_UNITS, per) ? (PER_UNITS[per] as string) : per),
  ]
}

const clean = (unit: string): string =>
  unit
    .replaceAll(/[^a-zA-Z0-9:]+/g, '_')
    .replaceAll(/_+/g, '_')
    .replaceAll(/^_|_$/g, '')

function moveLast(tokens: string[], word: string): void {
  for (let i = tokens.length - 1; i >= 0; i--) if (tokens[i] === word) tokens.splice(i, 1)
  tokens.push(word)
}

/** A label name: other characters become `_`, a leading digit gets `key_`. */
export function promLabelName(name: string): string {
  const label = name.replaceAll(/[^a-zA-Z0-9_]/g, '_')
  if (/^\d/.test(label)) return `key_${label}`
  if (label.startsWith('_') && !label.startsWith('__')) return `key${label}`
  return label
}

/** Labels of a series in alphabetical order; attributes that fall on one name are joined with `;`. */
export function promLabelsOf(attributes: Attributes, resource: Resource | undefined): Record<string, string> {
  const found: Array<[string, string]> = []
  for (const key of Object.keys(attributes.values).sort())
    found.push([promLabelName(key), labelValue(attributes.values[key] as AttributeValue)])
  const labels = new Map<string, string>()
  for (const [name, value] of found) {
    const known = labels.get(name)
    labels.set(name, known === undefined ? value : `${known};${value}`)
  }
  const of = resource?.attributes.values ?? {}
  const service = of['service.name']
  const namespace = of['service.namespace']
  if (typeof service === 'string')
    labels.set('job', typeof namespace === 'string' ? `${namespace}/${service}` : service)
  const instance = of['service.instance.id']
  if (typeof instance === 'string') labels.set('instance', instance)
  for (const key of PROMOTED) {
    const value = Object.hasOwn(of, key) ? of[key] : undefined
    const name = promLabelName(key)
    if (value !== undefined && value !== null && !labels.has(name)) labels.set(name, labelValue(value))
  }
  const out: Record<string, string> = {}
  for (const name of [...labels.keys()].sort()) setKey(out, name, labels.get(name) as string)
  return out
}

const labelValue = (value: AttributeValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

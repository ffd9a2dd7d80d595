// What a pin asked, as a reader of the report knows it: a word for its kind and the query as it was typed, never a
// method's name or its JSON.

import type { Entry } from '../../shared/contract/incidents.ts'
import type { PinKind, Words } from './words.ts'

type What = NonNullable<Entry['what']>

/** of the transport or told elsewhere, not of the question */
const NOT_ASKED = new Set([
  'range',
  'compareTo',
  'sources',
  'limit',
  'cursor',
  'buckets',
  'width',
  'maxSeries',
  'step',
  'top',
  'orderBy',
  'order',
  'offset',
  'query',
  'metric',
])
const MAX_TITLE = 90

export function kindOf(method: string): PinKind {
  const [capability, name] = method.split('.')
  switch (capability) {
    case 'traces':
      if (name === 'get' || name === 'header' || name === 'waterfall' || name === 'span') return 'trace'
      return name === 'stats'
        ? 'statistics'
        : name === 'differences' || name === 'groupDifferences'
          ? 'differences'
          : 'traces'
    case 'logs':
      return name === 'histogram' ? 'volume' : name === 'fields' ? 'fields' : 'lines'
    case 'metrics':
      return 'metric'
    case 'services':
      return name === 'changes' ? 'changes' : name === 'map' ? 'map' : 'services'
    case 'clusters':
      return name === 'happenings' ? 'happenings' : 'objects'
    default:
      return 'other'
  }
}

/** The title that a person gave, else the kind and the query in a line. */
export function titleOfPin(entry: Pick<Entry, 'title' | 'what'>, words: Words): string {
  if (entry.title !== '' || entry.what === null) return entry.title
  const kind = words.kinds[kindOf(entry.what.method)]
  const line = questionOf(entry.what, words).replace(/\s+/g, ' ')
  if (line === '') return kind
  return words.titled(kind, line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE - 1)}…` : line)
}

/** PromQL or a log query as it was typed, then the conditions; '' where nothing narrows the question. */
export function questionOf({ method, input }: What, words: Words): string {
  const typed = input['query'] ?? input['metric']
  const conditions = conditionsOf(input, words)
  if (typeof typed !== 'string' || typed === '') return conditions
  return conditions === '' || method.startsWith('metrics.') ? typed : `${typed}  ${conditions}`
}

function conditionsOf(input: Readonly<Record<string, unknown>>, words: Words): string {
  const parts: string[] = []
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null || value === false || value === '') return
    const label = (words.conditions as Readonly<Record<string, string>>)[name] ?? spaced(name)
    if (name === 'groupBy' && Array.isArray(value))
      parts.push(`${label} ${value.map((key) => String(key).replace(/^attr:/, '')).join(', ')}`)
    else if (name === 'attributes' && typeof value === 'object')
      for (const [key, wanted] of Object.entries(value)) parts.push(`${key}=${quoted(String(wanted))}`)
    else if (name === 'range' || typeof value === 'object') {
      if (!Array.isArray(value)) for (const [key, inner] of Object.entries(value)) add(key, inner)
      else if (value.length > 0) parts.push(`${label}: ${value.map(String).join(', ')}`)
    } else if (value === true) parts.push(label)
    else if (name === 'minDuration' || name === 'minTraceDuration') parts.push(`${label} >= ${String(value)}`)
    else if (name === 'maxDuration' || name === 'maxTraceDuration') parts.push(`${label} <= ${String(value)}`)
    else parts.push(`${label}=${quoted(String(value))}`)
  }
  for (const [name, value] of Object.entries(input)) if (!NOT_ASKED.has(name)) add(name, value)
  return parts.join('  ')
}

const quoted = (text: string): string => (/[\s"=]/.test(text) ? JSON.stringify(text) : text)

/** `someName` as people write it. */
export function spaced(name: string): string {
  return name
    .replace(/^attr:/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
}

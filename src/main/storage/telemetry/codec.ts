// The JSON inside the store's text columns, written and read in one place. Absent fields are left out.
//
//   attributes.json   the plain object     attributes.types   Attributes.types or NULL
//   attributes.extra  of a resource: { schemaUrl?, droppedAttributes? }; of a scope: { name, version?, schemaUrl?, droppedAttributes? }
//   spans.events      [{ time: "epoch ns", name, attributes?, types?, droppedAttributes? }]
//   spans.links       [{ traceId, spanId, traceState?, attributes?, types?, droppedAttributes?, flags? }]
//   spans.extra       { traceState?, flags?, droppedAttributes?, droppedEvents?, droppedLinks?, noEnd? }
//   logs.extra        { bodyIsJson?, bodyTypes?, flags?, eventName?, droppedAttributes? }
//   series.otlp       { metadata?: { attributes, types? } }        histograms.quantiles  [[quantile, value], ..]
// A number that JSON cannot hold is the text "NaN", "Infinity" or "-Infinity" with type 'double'.

import type {
  Attributes,
  AttributeValue,
  LogRow,
  Resource,
  Scope,
  SeriesInfo,
  SpanEvent,
  SpanLink,
  SpanRow,
} from '../../../shared/domain/telemetry.ts'

/** `json` and `types` of an attributes row. */
export function encodeAttributes(attributes: Attributes): { json: string; types: string | null } {
  if (!hasNonFinite(attributes.values)) {
    const types = attributes.types
    return {
      json: JSON.stringify(attributes.values),
      types: types === undefined || isEmpty(types) ? null : JSON.stringify(types),
    }
  }
  const types: Record<string, string> = { ...attributes.types }
  const values = speakable(attributes.values, '', types)
  return { json: JSON.stringify(values), types: JSON.stringify(types) }
}

export function decodeAttributes(json: string, types: string | null): Attributes {
  const values = JSON.parse(json) as Record<string, AttributeValue>
  if (types === null) return { values }
  const named = JSON.parse(types) as NonNullable<Attributes['types']>
  return { values: revived(values, '', named) as Record<string, AttributeValue>, types: named }
}

const isEmpty = (record: object): boolean => {
  for (const _ in record) return false
  return true
}

function hasNonFinite(values: Readonly<Record<string, AttributeValue>>): boolean {
  for (const key in values) {
    const value = values[key]
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return true
    } else if (typeof value === 'object' && value !== null && hasNonFinite(value as Record<string, AttributeValue>))
      return true
  }
  return false
}

const pointer = (path: string, key: string): string => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

function speakable(value: AttributeValue, path: string, types: Record<string, string>): AttributeValue {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    types[path] = 'double'
    return String(value)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((item: AttributeValue, i) => speakable(item, pointer(path, String(i)), types))
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, speakable(v, pointer(path, k), types)]))
}

function revived(value: AttributeValue, path: string, types: NonNullable<Attributes['types']>): AttributeValue {
  if (typeof value === 'string') return types[path] === 'double' ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((item: AttributeValue, i) => revived(item, pointer(path, String(i)), types))
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revived(v, pointer(path, k), types)]))
}

function inline(attributes: Attributes | undefined): { attributes?: unknown; types?: unknown } {
  if (attributes === undefined) return {}
  const { json, types } = encodeAttributes(attributes)
  return { attributes: JSON.parse(json), ...(types === null ? {} : { types: JSON.parse(types) }) }
}

interface Inline {
  attributes?: Record<string, AttributeValue>
  types?: NonNullable<Attributes['types']>
}

function outline(held: Inline): { attributes?: Attributes } {
  if (held.attributes === undefined) return {}
  if (held.types === undefined) return { attributes: { values: held.attributes } }
  return {
    attributes: {
      values: revived(held.attributes, '', held.types) as Record<string, AttributeValue>,
      types: held.types,
    },
  }
}

const orNull = (record: object): string | null => {
  const text = JSON.stringify(record)
  return text === '{}' ? null : text
}

export const encodeResourceExtra = (r: Resource): string | null =>
  orNull({ schemaUrl: r.schemaUrl, droppedAttributes: r.droppedAttributes })
export const encodeScopeExtra = (s: Scope): string =>
  JSON.stringify({ name: s.name, version: s.version, schemaUrl: s.schemaUrl, droppedAttributes: s.droppedAttributes })

export function decodeResource(json: string, types: string | null, extra: string | null): Resource {
  return {
    attributes: decodeAttributes(json, types),
    ...(extra === null ? {} : (JSON.parse(extra) as Partial<Resource>)),
  }
}

/** A scope without attributes has `{}` in its row; it comes back without them. */
export function decodeScope(json: string, types: string | null, extra: string | null): Scope {
  const rest = extra === null ? { name: '' } : (JSON.parse(extra) as Scope)
  return json === '{}' && types === null ? rest : { ...rest, attributes: decodeAttributes(json, types) }
}

export function encodeSpanEvents(events: readonly SpanEvent[] | undefined): string | null {
  if (events === undefined || events.length === 0) return null
  return JSON.stringify(
    events.map((e) => ({
      time: e.time.toString(),
      name: e.name,
      ...inline(e.attributes),
      droppedAttributes: e.droppedAttributes,
    })),
  )
}

/** @param clockOffset added to every time (Scope.clockOffset), as relations do for columns */
export function decodeSpanEvents(text: string | null, clockOffset = 0n): SpanEvent[] {
  if (text === null) return []
  const held = JSON.parse(text) as Array<Inline & { time: string; name: string; droppedAttributes?: number }>
  return held.map(({ time, name, droppedAttributes, ...rest }) => ({
    time: BigInt(time) + clockOffset,
    name,
    ...outline(rest),
    ...(droppedAttributes === undefined ? {} : { droppedAttributes }),
  }))
}

export function encodeSpanLinks(links: readonly SpanLink[] | undefined): string | null {
  if (links === undefined || links.length === 0) return null
  return JSON.stringify(links.map(({ attributes, ...rest }) => ({ ...rest, ...inline(attributes) })))
}

export function decodeSpanLinks(text: string | null): SpanLink[] {
  if (text === null) return []
  const held = JSON.parse(text) as Array<Inline & Omit<SpanLink, 'attributes'>>
  return held.map(({ attributes, types, ...rest }) => ({
    ...rest,
    ...outline({ ...(attributes === undefined ? {} : { attributes }), ...(types === undefined ? {} : { types }) }),
  }))
}

export type SpanExtra = Pick<
  SpanRow,
  'traceState' | 'flags' | 'droppedAttributes' | 'droppedEvents' | 'droppedLinks' | 'noEnd'
>
export function encodeSpanExtra(s: SpanRow): string | null {
  if (
    s.traceState === undefined &&
    s.flags === undefined &&
    s.droppedAttributes === undefined &&
    s.droppedEvents === undefined &&
    s.droppedLinks === undefined &&
    s.noEnd === undefined
  )
    return null
  return JSON.stringify({
    traceState: s.traceState,
    flags: s.flags,
    droppedAttributes: s.droppedAttributes,
    droppedEvents: s.droppedEvents,
    droppedLinks: s.droppedLinks,
    noEnd: s.noEnd,
  })
}
export const decodeSpanExtra = (text: string | null): SpanExtra =>
  text === null ? {} : (JSON.parse(text) as SpanExtra)

export type LogExtra = Pick<LogRow, 'bodyIsJson' | 'bodyTypes' | 'flags' | 'eventName' | 'droppedAttributes'>
export function encodeLogExtra(l: LogRow): string | null {
  if (
    l.bodyIsJson === undefined &&
    l.bodyTypes === undefined &&
    l.flags === undefined &&
    l.eventName === undefined &&
    l.droppedAttributes === undefined
  )
    return null
  return JSON.stringify({
    bodyIsJson: l.bodyIsJson,
    bodyTypes: l.bodyTypes,
    flags: l.flags,
    eventName: l.eventName,
    droppedAttributes: l.droppedAttributes,
  })
}
export const decodeLogExtra = (text: string | null): LogExtra => (text === null ? {} : (JSON.parse(text) as LogExtra))

export const encodeSeriesOtlp = (otlp: SeriesInfo['otlp']): string | null =>
  otlp === undefined ? null : JSON.stringify(otlp.metadata === undefined ? {} : { metadata: inline(otlp.metadata) })
export function decodeSeriesOtlp(text: string | null): SeriesInfo['otlp'] {
  if (text === null) return undefined
  const held = JSON.parse(text) as { metadata?: Inline }
  return held.metadata === undefined ? {} : { metadata: outline(held.metadata).attributes }
}

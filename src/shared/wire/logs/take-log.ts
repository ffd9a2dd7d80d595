// Log rows from formats whose fields have a fixed meaning: time checked, ids read, resource made once, what is odd counted.
// Also what stands in a line that a runtime or a store carries as text: a JSON record, a plain line with its level.

import type { AttributeValue } from '../../domain/telemetry.ts'
import { isObject, type JsonObject } from '../json/value.ts'
import { pointerPart, setKey } from '../otlp/attributes.ts'
import { type ReadOptions, timeProblem } from '../reader.ts'
import { fieldAt, findField, plain, spanIdOf, traceIdOf } from './json-log.ts'
import { severityOf } from './level.ts'
import { FieldShapes, type LogField, recordIn } from './log-fields.ts'
import { restOf } from './line-parts.ts'
import { parseLogfmt } from './logfmt.ts'
import { LogResources, logRow } from './options.ts'
import { parseLine } from './parse-line.ts'

/** Attributes being filled; integers past 2^53 are told in `types`. */
export interface Filling {
  readonly values: Record<string, AttributeValue>
  readonly types: Record<string, 'int'>
  /** what was odd about a value, told when the row is taken */
  readonly notes: string[]
}

export const filling = (): Filling => ({ values: {}, types: {}, notes: [] })

export function fill(into: Filling, key: string, value: unknown): void {
  if (value === undefined || value === null || value === '') return
  setKey(into.values, key, plain(value, `/${pointerPart(key)}`, into.types, { note: (text) => into.notes.push(text) }))
}

export interface LogFields {
  readonly time: bigint | undefined
  readonly severity?: number | undefined
  readonly severityText?: string | undefined
  readonly service?: string | undefined
  /** text; anything else is kept as its JSON */
  readonly body: unknown
  readonly attributes: Filling
  /** beside service.name */
  readonly resource?: Readonly<Record<string, string>> | undefined
  readonly traceId?: unknown
  readonly spanId?: unknown
  readonly observedTime?: bigint | undefined
}

export class LogTaker {
  readonly #options: ReadOptions
  readonly #resources = new LogResources()
  readonly near: Date

  constructor(options: ReadOptions) {
    this.#options = options
    this.near = new Date(Number(options.fileTime / 1_000_000n))
  }

  skip(line: number, reason: string, raw: unknown): void {
    this.#options.into.skip(line, reason, raw)
  }

  take(fields: LogFields, raw: unknown, line: number): void {
    const { time } = fields
    const problem = time === undefined ? 'no time field' : timeProblem(time, this.#options)
    if (time === undefined || problem !== undefined) {
      this.skip(line, problem ?? 'no time field', raw)
      return
    }
    const { values, types, notes } = fields.attributes
    for (const note of notes) this.#options.into.note(note)
    const service = fields.service || (this.#options.service ?? '')
    const row = logRow({
      time,
      severity: fields.severity ?? 0,
      severityText: fields.severityText,
      service,
      body: '',
      resource: this.#resources.of(service, fields.resource),
      traceId: traceIdOf(fields.traceId),
      spanId: spanIdOf(fields.spanId),
    })
    if (Object.keys(values).length > 0) row.attributes = Object.keys(types).length > 0 ? { values, types } : { values }
    if (fields.observedTime !== undefined) row.observedTime = fields.observedTime
    if (typeof fields.body === 'string') row.body = fields.body
    else if (fields.body !== undefined && fields.body !== null) {
      const bodyTypes: Record<string, 'int'> = {}
      row.body = JSON.stringify(plain(fields.body, '', bodyTypes, this.#options.into))
      row.bodyIsJson = true
      if (Object.keys(bodyTypes).length > 0) row.bodyTypes = bodyTypes
    }
    this.#options.into.logs.push(row)
  }
}

export interface Content {
  readonly body: unknown
  readonly severity: number
  readonly severityText: string | undefined
  readonly service: string | undefined
  readonly traceId: unknown
  readonly spanId: unknown
}

/**
 * What a program wrote, taken apart: a JSON record (its message, level, ids; the rest to attributes) or a plain line (time
 * and level stripped). Its own time is left: what carried the line knows it to the nanosecond.
 */
export function contentOf(text: string, into: Filling, near: Date): Content {
  const record = recordIn(text)
  if (record) return contentOfRecord(record, into)
  const pairs = /^[\w.@/-]{1,200}=/.test(text) && text.length < 100_000 ? parseLogfmt(text) : undefined
  if (pairs !== undefined && (findField(pairs, 'message') !== undefined || Object.keys(pairs).length > 2)) {
    const content = contentOfRecord(pairs, into)
    return { ...content, body: typeof content.body === 'string' ? content.body : text }
  }
  const head = text.length > 20_000 ? text.slice(0, 20_000) : text
  const found = parseLine(head, near)
  const parts = found?.parts ?? restOf(head)
  for (const [key, value] of Object.entries(parts.attributes)) setKey(into.values, key, value)
  if (parts.record) {
    const content = contentOfRecord(parts.record, into)
    return { ...content, service: content.service ?? parts.service }
  }
  return {
    body: head.length < text.length ? parts.message + text.slice(head.length) : parts.message,
    severity: parts.severity ?? 0,
    severityText: parts.severityText,
    service: parts.service,
    traceId: parts.traceId,
    spanId: parts.spanId,
  }
}

/** Records of one program have the same keys: which of the usual names they can have is asked once for each shape. */
const SHAPES = new FieldShapes()

/** The usual fields of a logger's JSON record; all others become attributes. A record without a message is the body itself. */
export function contentOfRecord(record: JsonObject, into: Filling): Content {
  const possible = SHAPES.of(Object.keys(record))
  const named = (field: LogField) => findField(record, field, possible[field])
  const names = {
    time: named('time'),
    level: named('level'),
    message: named('message'),
    service: named('service'),
    traceId: named('traceId'),
    spanId: named('spanId'),
  }
  const at = (name: string | undefined): unknown => (name === undefined ? undefined : fieldAt(record, name))
  const level = at(names.level)
  const service = at(names.service)
  const used = new Set<string | undefined>(Object.values(names))
  if (names.message !== undefined)
    for (const [key, value] of Object.entries(record)) if (!used.has(key)) fill(into, key, value)
  return {
    body: names.message === undefined ? record : at(names.message),
    severity: severityOf(level, names.level ?? ''),
    severityText: typeof level === 'string' ? level : undefined,
    service: typeof service === 'string' ? service : undefined,
    traceId: at(names.traceId),
    spanId: at(names.spanId),
  }
}

/** Nested objects as one level of dotted keys; lists stay lists. */
export function flatten(
  record: JsonObject,
  prefix = '',
  out: Record<string, unknown> = {},
  depth = 0,
): Record<string, unknown> {
  for (const [key, value] of Object.entries(record)) {
    if (isObject(value) && depth < 16 && Object.keys(value).length > 0)
      flatten(value, `${prefix}${key}.`, out, depth + 1)
    else setKey(out, prefix + key, value)
  }
  return out
}

/** Kubernetes names of log shippers (Beats, Fluent Bit, Promtail) to OTel's. */
const KUBERNETES: Readonly<Record<string, string>> = {
  namespace: 'k8s.namespace.name',
  namespace_name: 'k8s.namespace.name',
  'pod.name': 'k8s.pod.name',
  pod_name: 'k8s.pod.name',
  pod: 'k8s.pod.name',
  'pod.uid': 'k8s.pod.uid',
  pod_id: 'k8s.pod.uid',
  'node.name': 'k8s.node.name',
  node_name: 'k8s.node.name',
  host: 'k8s.node.name',
  'container.name': 'k8s.container.name',
  container_name: 'k8s.container.name',
  container: 'k8s.container.name',
  'deployment.name': 'k8s.deployment.name',
  'statefulset.name': 'k8s.statefulset.name',
  'daemonset.name': 'k8s.daemonset.name',
  container_image: 'container.image.name',
}

/** OTel's resource attribute for a shipper's name (after `kubernetes.`), or undefined. */
export const kubernetesKey = (name: string): string | undefined =>
  Object.hasOwn(KUBERNETES, name)
    ? KUBERNETES[name]
    : name.startsWith('labels.')
      ? `k8s.pod.label.${name.slice(7)}`
      : undefined

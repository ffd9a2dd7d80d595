// How free-form logs are read: the reader's options with the mapping that detection guessed and a person corrected.

import type { Attributes, LogRow, Resource } from '../../domain/telemetry.ts'
import { NO_ATTRIBUTES } from '../../domain/telemetry.ts'
import { setKey } from '../otlp/attributes.ts'
import type { ReadOptions } from '../reader.ts'
import type { TimeUnit } from './time.ts'

export interface LogMapping {
  /** field (dotted path) of JSON logs; undefined or 'auto': the usual names in turn */
  readonly time?: string | undefined
  readonly timeUnit?: TimeUnit | undefined
  /** zone of times written without one; default UTC */
  readonly timeZone?: string | undefined
  readonly level?: string | undefined
  /** field name, or `=name` for a fixed service */
  readonly service?: string | undefined
  readonly message?: string | undefined
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  /** tables: what a row becomes */
  readonly rows?: 'logs' | 'metrics' | undefined
  /** columns of numbers, one series each */
  readonly values?: readonly string[] | undefined
  /** column that names the metric of a row, or `=name` */
  readonly metric?: string | undefined
  /** columns whose text names the series */
  readonly labels?: readonly string[] | undefined
  readonly delimiter?: ',' | ';' | '\t' | '|' | undefined
  /** sign before the fraction of a number */
  readonly decimal?: ',' | '.' | undefined
  readonly header?: boolean | undefined
  /** of dates such as 03/04/2025 */
  readonly dateOrder?: 'mdy' | 'dmy' | undefined
}

export interface LogReadOptions extends ReadOptions {
  readonly mapping: LogMapping
}

const MAX_KEPT = 10_000

/** One resource object for each service (and host, pod ...) of a file. */
export class LogResources {
  readonly #known = new Map<string, Resource>()

  of(service: string, more?: Readonly<Record<string, string>>): Resource {
    const key = more === undefined ? service : `${service}\n${JSON.stringify(more)}`
    let resource = this.#known.get(key)
    if (!resource) {
      const values: Record<string, string> = {}
      if (service !== '') values['service.name'] = service
      if (more !== undefined) for (const [name, value] of Object.entries(more)) setKey(values, name, value)
      resource = { attributes: Object.keys(values).length === 0 ? NO_ATTRIBUTES : { values } }
      if (this.#known.size >= MAX_KEPT) this.#known.clear()
      this.#known.set(key, resource)
    }
    return resource
  }
}

export function logRow(fields: {
  time: bigint
  severity: number
  severityText?: string | undefined
  service: string
  body: string
  attributes?: Attributes | undefined
  resource: Resource
  traceId?: string | undefined
  spanId?: string | undefined
}): LogRow {
  const row: LogRow = {
    time: fields.time,
    observedTime: 0n,
    severity: fields.severity,
    service: fields.service,
    body: fields.body,
    attributes: fields.attributes ?? NO_ATTRIBUTES,
    resource: fields.resource,
    traceId: fields.traceId ?? '',
    spanId: fields.spanId ?? '',
  }
  if (fields.severityText) row.severityText = fields.severityText
  return row
}

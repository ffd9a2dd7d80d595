// OTLP-JSON log records to rows.

import type { LogRow, Resource, Scope } from '../../domain/telemetry.ts'
import { integerOf, isObject, textOf } from '../json/value.ts'
import { type ReadOptions, timeProblem } from '../reader.ts'
import { readAttributes, readValue } from './attributes.ts'
import { positiveOrUndefined, readEnum, readId, serviceOf } from './common.ts'

const LEVEL_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const SEVERITY_NAMES = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...LEVEL_NAMES.flatMap((name) => ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`)),
]

export function readLogs(
  records: readonly unknown[],
  resource: Resource,
  scope: Scope | undefined,
  lineOf: (index: number) => number,
  options: ReadOptions,
): void {
  const service = serviceOf(resource, options.service ?? '')
  for (let i = 0; i < records.length; i++) {
    const row = readLog(records[i], resource, scope, service, options)
    if (typeof row === 'string') options.into.skip(lineOf(i), row, records[i])
    else options.into.logs.push(row)
  }
}

function readLog(
  raw: unknown,
  resource: Resource,
  scope: Scope | undefined,
  service: string,
  options: ReadOptions,
): LogRow | string {
  if (!isObject(raw)) return 'a log record that is no object'
  const observedTime = integerOf(raw.observedTimeUnixNano) ?? 0n
  let time = integerOf(raw.timeUnixNano) ?? 0n
  if (time === 0n) time = observedTime
  if (time === 0n) return 'log record without a time'
  const problem = timeProblem(time, options)
  if (problem !== undefined) return problem
  const row: LogRow = {
    time,
    observedTime,
    severity: readEnum(raw.severityNumber, SEVERITY_NAMES),
    service,
    body: '',
    attributes: readAttributes(raw.attributes, options.into),
    resource,
    traceId: readId(raw.traceId, 32) ?? '',
    spanId: readId(raw.spanId, 16) ?? '',
  }
  const body = raw.body
  if (isObject(body) && typeof body.stringValue === 'string') row.body = body.stringValue
  else if (body !== undefined && body !== null) {
    const read = readValue(body, options.into)
    row.body = JSON.stringify(read.value)
    row.bodyIsJson = true
    if (read.types !== undefined) row.bodyTypes = read.types
  }
  const severityText = textOf(raw.severityText)
  if (severityText !== '') row.severityText = severityText
  if (scope !== undefined) row.scope = scope
  const flags = positiveOrUndefined(raw.flags)
  if (flags !== undefined) row.flags = flags
  const dropped = positiveOrUndefined(raw.droppedAttributesCount)
  if (dropped !== undefined) row.droppedAttributes = dropped
  const eventName = textOf(raw.eventName)
  if (eventName !== '') row.eventName = eventName
  return row
}

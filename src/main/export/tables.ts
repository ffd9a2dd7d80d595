// The rows of each kind as flat tables with readable columns, for NDJSON, CSV and Parquet.

import type { TimeRange } from '../../shared/base/time.ts'
import { col } from '../../shared/contract/define.ts'
import type { EXPORT_KINDS } from '../../shared/contract/export.ts'
import { SPAN_COLUMNS } from '../../shared/contract/traces.ts'
import type { ColumnSpec } from '../../shared/frame/frame.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { toldEvents } from '../storage/telemetry/event-sql.ts'
import { happeningsIn, toldCount } from '../storage/telemetry/happenings-sql.ts'
import { hexOfSpan, hexOfUuid } from '../storage/telemetry/ids.ts'

export type ExportKind = (typeof EXPORT_KINDS)[number]
/** what has a shape in OTLP */
export const OTLP_KINDS = ['traces', 'logs', 'metrics'] as const satisfies readonly ExportKind[]
export type OtlpKind = (typeof OTLP_KINDS)[number]

export interface ExportTable {
  readonly sql: string
  readonly columns: readonly ColumnSpec[]
}

const attributesOf = (scope: Scope, alias: string, column: string): string =>
  `LEFT JOIN ${scope.relation('attributes')} ${alias} ON ${alias}.source = t.source AND ${alias}.hash = t.${column}`

const KIND_SQL = `(['unspecified','internal','server','client','producer','consumer'])[t.kind + 1]`
const STATUS_SQL = `(['unset','ok','error'])[t.status + 1]`

/** One SELECT whose columns stand in the order of `columns`. */
export function exportTable(scope: Scope, kind: ExportKind, range: TimeRange | undefined): ExportTable {
  switch (kind) {
    case 'traces':
      return {
        sql: `SELECT ${hexOfUuid('t.trace_id')} AS "traceId", ${hexOfSpan('t.span_id')} AS "spanId", ${hexOfSpan('t.parent_id')} AS "parentId",
          t.service, t.operation, ${KIND_SQL} AS kind, t.start_ns AS start, t.duration_ns AS "durationNs", ${STATUS_SQL} AS status,
          t.status_message AS "statusMessage", a.json AS attributes, r.json AS resource, ${toldEvents(scope)} AS events, t.links
          FROM ${scope.relation('spans', range)} t ${attributesOf(scope, 'a', 'attrs')} ${attributesOf(scope, 'r', 'resource')}`,
        // what `traces.get` answers for the same span, and the trace in front
        columns: [col('traceId', 'string'), ...SPAN_COLUMNS.slice(0, 13)],
      }
    case 'logs':
      return {
        sql: `SELECT t.time_ns AS time, t.severity::INTEGER AS severity, t.severity_text AS "severityText", t.service, t.body,
          ${hexOfUuid('t.trace_id')} AS "traceId", ${hexOfSpan('t.span_id')} AS "spanId", a.json AS attributes, r.json AS resource
          FROM ${scope.relation('logs', range)} t ${attributesOf(scope, 'a', 'attrs')} ${attributesOf(scope, 'r', 'resource')}`,
        columns: [
          col('time', 'time'),
          col('severity', 'int'),
          col('severityText', 'string'),
          col('service', 'string'),
          col('body', 'string'),
          col('traceId', 'string'),
          col('spanId', 'string'),
          col('attributes', 'json'),
          col('resource', 'json'),
        ],
      }
    case 'metrics':
      return {
        sql: `SELECT t.time_ns AS time, s.name, s.prom_name AS "promName", s.labels, s.type, s.unit, s.service, t.value, t.count, t.sum
          FROM (SELECT source, series, time_ns, value, NULL::DOUBLE AS count, NULL::DOUBLE AS sum FROM ${scope.relation('samples', range)}
            UNION ALL SELECT source, series, time_ns, NULL::DOUBLE, count, sum FROM ${scope.relation('histograms', range)}) t
          JOIN ${scope.relation('series')} s ON s.source = t.source AND s.series = t.series`,
        columns: [
          col('time', 'time'),
          col('name', 'string'),
          col('promName', 'string'),
          col('labels', 'json'),
          col('type', 'string'),
          col('unit', 'string'),
          col('service', 'string'),
          col('value', 'float'),
          col('count', 'float'),
          col('sum', 'float'),
        ],
      }
    case 'objects':
      return {
        sql: `SELECT t.time_ns AS time, t.kind, t.namespace, t.name, t.service, t.deleted, t.uid, t.resource_version AS "resourceVersion", t.body AS object
          FROM ${scope.relation('objects', range)} t`,
        columns: [
          col('time', 'time'),
          col('kind', 'string'),
          col('namespace', 'string'),
          col('name', 'string'),
          col('service', 'string'),
          col('deleted', 'bool'),
          col('uid', 'string'),
          col('resourceVersion', 'string'),
          col('object', 'json'),
        ],
      }
    // the rows of `clusters.happenings`: a live alert once, as it stood last
    case 'events':
      return {
        sql: `SELECT t.time_ns AS time, t.end_ns AS "end", t.kind, t.severity, t.reason, t.message, t.object_kind AS "objectKind", t.namespace, t.name,
          t.service, ${toldCount('t')} AS count, a.json AS attributes FROM ${happeningsIn(scope, scope.relation('happenings'), range)} t ${attributesOf(scope, 'a', 'attrs')}`,
        columns: [
          col('time', 'time'),
          col('end', 'time'),
          col('kind', 'string'),
          col('severity', 'string'),
          col('reason', 'string'),
          col('message', 'string'),
          col('objectKind', 'string'),
          col('namespace', 'string'),
          col('name', 'string'),
          col('service', 'string'),
          col('count', 'int'),
          col('attributes', 'json'),
        ],
      }
  }
}

export interface OtlpQuestion {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly range: TimeRange | undefined
  readonly signal: AbortSignal
  readonly onRows: (rows: number) => void
}

// The tables of the telemetry store (DuckDB) and, column for column, the Parquet entries of an incident file.
// Repeated strings are plain VARCHAR: DuckDB keeps them as a dictionary per segment and other tools can read them.
// Attributes, resources and scopes are rows of `attributes`, named by the hash of their content within a source.
// No foreign keys and no indexes (docs/decisions): rows are appended in bulk, found by zone maps and scans.

export const TELEMETRY_SCHEMA_VERSION = 1

export const TELEMETRY_TABLES = {
  spans: `source INTEGER NOT NULL, trace_id UUID NOT NULL, span_id UBIGINT NOT NULL, parent_id UBIGINT NOT NULL,
    service VARCHAR NOT NULL, operation VARCHAR NOT NULL, kind TINYINT NOT NULL, start_ns BIGINT NOT NULL, duration_ns BIGINT NOT NULL,
    status TINYINT NOT NULL, status_message VARCHAR, attrs UBIGINT NOT NULL, resource UBIGINT NOT NULL, scope UBIGINT,
    events VARCHAR, links VARCHAR, extra VARCHAR`,
  // one row a trace, kept by the writer when it commits
  traces: `source INTEGER NOT NULL, trace_id UUID NOT NULL, start_ns BIGINT NOT NULL, duration_ns BIGINT NOT NULL,
    root_service VARCHAR NOT NULL, root_operation VARCHAR NOT NULL, spans INTEGER NOT NULL, errors INTEGER NOT NULL, services VARCHAR NOT NULL`,
  logs: `source INTEGER NOT NULL, id BIGINT NOT NULL, time_ns BIGINT NOT NULL, observed_ns BIGINT NOT NULL, severity TINYINT NOT NULL,
    severity_text VARCHAR, service VARCHAR NOT NULL, body VARCHAR NOT NULL, attrs UBIGINT NOT NULL, resource UBIGINT NOT NULL, scope UBIGINT,
    trace_id UUID, span_id UBIGINT, extra VARCHAR`,
  series: `source INTEGER NOT NULL, series UBIGINT NOT NULL, name VARCHAR NOT NULL, prom_name VARCHAR NOT NULL, labels VARCHAR NOT NULL,
    type VARCHAR NOT NULL, unit VARCHAR NOT NULL, help VARCHAR NOT NULL, service VARCHAR NOT NULL, temporality VARCHAR NOT NULL, monotonic BOOLEAN NOT NULL,
    attrs UBIGINT NOT NULL, resource UBIGINT, scope UBIGINT, otlp VARCHAR`,
  samples: `source INTEGER NOT NULL, series UBIGINT NOT NULL, time_ns BIGINT NOT NULL, start_ns BIGINT NOT NULL, value DOUBLE NOT NULL,
    is_int BOOLEAN NOT NULL, flags INTEGER NOT NULL`,
  histograms: `source INTEGER NOT NULL, series UBIGINT NOT NULL, time_ns BIGINT NOT NULL, start_ns BIGINT NOT NULL, count DOUBLE NOT NULL, sum DOUBLE,
    min DOUBLE, max DOUBLE, bounds DOUBLE[], counts DOUBLE[], scale INTEGER, zero_count DOUBLE, zero_threshold DOUBLE, positive_offset INTEGER,
    positive DOUBLE[], negative_offset INTEGER, negative DOUBLE[], quantiles VARCHAR, flags INTEGER NOT NULL`,
  exemplars: `source INTEGER NOT NULL, series UBIGINT NOT NULL, point_ns BIGINT NOT NULL, time_ns BIGINT NOT NULL, value DOUBLE NOT NULL, is_int BOOLEAN NOT NULL,
    trace_id UUID, span_id UBIGINT, attrs UBIGINT NOT NULL`,
  objects: `source INTEGER NOT NULL, time_ns BIGINT NOT NULL, kind VARCHAR NOT NULL, namespace VARCHAR NOT NULL, name VARCHAR NOT NULL, uid VARCHAR NOT NULL,
    resource_version VARCHAR NOT NULL, service VARCHAR NOT NULL, deleted BOOLEAN NOT NULL, body VARCHAR NOT NULL`,
  happenings: `source INTEGER NOT NULL, time_ns BIGINT NOT NULL, end_ns BIGINT NOT NULL, kind VARCHAR NOT NULL, severity VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    message VARCHAR NOT NULL, object_kind VARCHAR NOT NULL, namespace VARCHAR NOT NULL, name VARCHAR NOT NULL, service VARCHAR NOT NULL, count INTEGER NOT NULL,
    uid VARCHAR NOT NULL, attrs UBIGINT NOT NULL`,
  offsets: `source INTEGER NOT NULL, time_ns BIGINT NOT NULL, topic VARCHAR NOT NULL, partition INTEGER NOT NULL, "group" VARCHAR NOT NULL,
    committed BIGINT NOT NULL, log_end BIGINT NOT NULL`,
  // `json` is the plain object; `types` what JSON cannot tell (Attributes.types); `extra` the rest of a resource or scope
  attributes: `source INTEGER NOT NULL, hash UBIGINT NOT NULL, json VARCHAR NOT NULL, types VARCHAR, extra VARCHAR`,
  // lives in the events store (events.duckdb), attached as `events`
  user_events: `source INTEGER NOT NULL, time_ns BIGINT NOT NULL, id VARCHAR NOT NULL, event VARCHAR NOT NULL, distinct_id VARCHAR NOT NULL, properties VARCHAR NOT NULL`,
} as const

export type TelemetryTable = keyof typeof TELEMETRY_TABLES

/** The column of each table that holds its time; tables without one are read whole. */
export const TIME_COLUMN: Readonly<Record<TelemetryTable, string | undefined>> = {
  spans: 'start_ns',
  traces: 'start_ns',
  logs: 'time_ns',
  series: undefined,
  samples: 'time_ns',
  histograms: 'time_ns',
  exemplars: 'time_ns',
  objects: 'time_ns',
  happenings: 'time_ns',
  offsets: 'time_ns',
  attributes: undefined,
  user_events: 'time_ns',
}

/** Every column that holds an instant: they move together when a source's clock is corrected. */
export const TIME_COLUMNS: Readonly<Record<TelemetryTable, readonly string[]>> = {
  spans: ['start_ns'],
  traces: ['start_ns'],
  logs: ['time_ns', 'observed_ns'],
  series: [],
  samples: ['time_ns', 'start_ns'],
  histograms: ['time_ns', 'start_ns'],
  exemplars: ['point_ns', 'time_ns'],
  objects: ['time_ns'],
  happenings: ['time_ns', 'end_ns'],
  offsets: ['time_ns'],
  attributes: [],
  user_events: ['time_ns'],
}

export const TELEMETRY_TABLE_NAMES = Object.keys(TELEMETRY_TABLES) as readonly TelemetryTable[]

/** Names and types of a table's columns, in order. */
export function columnTypes(table: TelemetryTable): ReadonlyArray<readonly [name: string, type: string]> {
  return TELEMETRY_TABLES[table].split(',').map((column) => {
    const [name, type] = column.trim().split(/\s+/)
    return [(name as string).replaceAll('"', ''), type as string] as const
  })
}

// Which rows of a source go into an incident file, as SQL over the store's relations; and which texts redaction touches.

import type { TimeRange } from '../../shared/base/time.ts'
import type { HeldKind } from '../../shared/domain/held.ts'
import type { Redactor } from '../storage/incident-file/redaction.ts'
import type { Scope, SqlValue } from '../storage/telemetry/api.ts'
import { movedEvents } from '../storage/telemetry/event-sql.ts'
import { happeningsToKeep } from '../storage/telemetry/happenings-sql.ts'
import { LOOKBACK_NS } from '../storage/telemetry/held-gaps.ts'
import type { TelemetryTable } from '../storage/telemetry/schema.ts'

export interface SaveScope {
  readonly kinds: readonly HeldKind[]
  /** empty: all */
  readonly services: readonly string[]
}

export interface Selection {
  readonly table: TelemetryTable
  readonly kind: HeldKind | 'shared'
  /** SELECT of whole rows of the table, in the order they are written */
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** Columns of free text, where people and programs leave what should not travel. */
const TEXT_COLUMNS: Partial<Record<TelemetryTable, readonly string[]>> = {
  spans: ['operation', 'status_message', 'events', 'links'],
  traces: ['root_operation'],
  logs: ['body', 'extra'],
  series: ['labels'],
  objects: ['body'],
  happenings: ['message'],
  attributes: ['json', 'extra'],
  user_events: ['distinct_id', 'properties'],
}

/** The selections of one source. Whole traces are kept: their spans may end after the range. */
export function selections(scope: Scope, range: TimeRange, what: SaveScope): Selection[] {
  const wants = (kind: HeldKind) => what.kinds.includes(kind)
  const filtered = what.services.length > 0
  const params: SqlValue[] = []
  const list = filtered ? `(${what.services.map((s) => `'${s.replaceAll("'", "''")}'`).join(', ')})` : ''
  const ofService = filtered ? `WHERE service IN ${list}` : ''
  const rel = (table: TelemetryTable, within?: TimeRange) => `${scope.relation(table, within)} t`

  const chosenTraces = filtered
    ? `SELECT DISTINCT trace_id FROM ${rel('spans', range)} WHERE service IN ${list}`
    : `SELECT trace_id FROM ${rel('traces', range)}`
  const chosenSeries = `SELECT series FROM ${rel('series')} ${ofService}`
  const out: Selection[] = []
  const add = (table: TelemetryTable, kind: Selection['kind'], sql: string) => out.push({ table, kind, sql, params })

  if (wants('traces')) {
    add('traces', 'traces', `SELECT * FROM ${rel('traces')} WHERE trace_id IN (${chosenTraces}) ORDER BY start_ns`)
    // relations have their own times corrected, not those inside of JSON; the file's clock is right
    const events = movedEvents(scope)
    const whole = events === undefined ? '*' : `* REPLACE (${events} AS events)`
    add('spans', 'traces', `SELECT ${whole} FROM ${rel('spans')} WHERE trace_id IN (${chosenTraces}) ORDER BY start_ns`)
  }
  if (wants('logs')) add('logs', 'logs', `SELECT * FROM ${rel('logs', range)} ${ofService} ORDER BY time_ns, id`)
  if (wants('metrics')) {
    // five minutes of lookback and the very end, so that the first and last points of a picture are the same as with the source
    const lookback = {
      from: (range.from - LOOKBACK_NS) as TimeRange['from'],
      to: (range.to + 1n) as TimeRange['to'],
    }
    add('series', 'metrics', `SELECT * FROM ${rel('series')} ${ofService}`)
    for (const table of ['samples', 'histograms', 'exemplars'] as const)
      add(
        table,
        'metrics',
        `SELECT * FROM ${rel(table, lookback)} WHERE series IN (${chosenSeries}) ORDER BY series, time_ns`,
      )
  }
  if (wants('objects')) {
    const before = `time_ns < ${range.to}`
    add(
      'objects',
      'objects',
      `SELECT * FROM ${rel('objects')} WHERE ${before} ${filtered ? `AND service IN ${list}` : ''} ORDER BY time_ns`,
    )
    // as clusters.happenings has them: what began before and went on in the range is part of it
    const kept = happeningsToKeep(scope.relation('happenings'), range, (service) =>
      filtered ? `${service} IN ${list}` : 'true',
    )
    add('happenings', 'objects', `${kept} ORDER BY time_ns`)
    add('offsets', 'objects', `SELECT * FROM ${rel('offsets', range)} ORDER BY time_ns`)
  }
  if (wants('user-events'))
    add('user_events', 'user-events', `SELECT * FROM ${rel('user_events', range)} ORDER BY time_ns`)

  const used = out.flatMap(
    ({ table, sql }) =>
      ATTRIBUTE_COLUMNS[table]?.map((c) => `SELECT ${c} AS hash FROM (${sql}) WHERE ${c} IS NOT NULL`) ?? [],
  )
  if (used.length > 0)
    add(
      'attributes',
      'shared',
      `SELECT * FROM ${rel('attributes')} WHERE hash IN (SELECT DISTINCT hash FROM (${used.join(' UNION ALL ')}))`,
    )
  return out
}

const ATTRIBUTE_COLUMNS: Partial<Record<TelemetryTable, readonly string[]>> = {
  spans: ['attrs', 'resource', 'scope'],
  logs: ['attrs', 'resource', 'scope'],
  series: ['attrs', 'resource', 'scope'],
  exemplars: ['attrs'],
  happenings: ['attrs'],
}

/** The selection with its free text redacted. */
export function redacted(table: TelemetryTable, sql: string, redactor: Redactor): string {
  const columns = TEXT_COLUMNS[table]
  if (!columns || redactor.rules.length === 0) return sql
  return `SELECT * REPLACE (${columns.map((c) => `${redactor.sql(c)} AS ${c}`).join(', ')}) FROM (${sql})`
}

export const textColumns = (table: TelemetryTable): readonly string[] => TEXT_COLUMNS[table] ?? []

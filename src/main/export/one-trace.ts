// The scope of one trace, in the source that it is opened from.

import { findTrace, type WantedTrace } from '../engine/find-trace.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import type { TelemetryTable } from '../storage/telemetry/schema.ts'

/** @throws WatchdeckError as `findTrace` does */
export async function scopeOfTrace(
  engine: EngineContext,
  wanted: WantedTrace,
  { signal }: CallContext,
): Promise<Scope> {
  const { id, scope, source } = await findTrace(engine, wanted, { signal, view: 'export.run' })
  // hexadecimal digits only: the contract has checked the id
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const own = (table: TelemetryTable, rows: string) =>
    table === 'spans' ? `(SELECT * FROM ${rows} WHERE source = ${source} AND trace_id = '${uuid}'::UUID)` : rows
  return {
    sources: [scope.sourceId(source)],
    completeness: scope.completeness,
    opened: scope.opened,
    // its rows are not all of the table's
    stored: undefined,
    relation: (table, range, rows) => own(table, scope.relation(table, range, rows)),
    glance: (table, range) => own(table, scope.glance(table, range)),
    held: (table, window) => scope.held(table, window),
    sourceId: (key) => scope.sourceId(key),
    sourceKey: (name) => scope.sourceKey(name),
    clockOffset: (key) => scope.clockOffset(key),
  }
}

// The scope of one trace, in the source that it is opened from.

import { findTrace } from '../engine/find-trace.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'

/** @throws WatchdeckError as `findTrace` does */
export async function scopeOfTrace(
  engine: EngineContext,
  traceId: string,
  sources: readonly string[] | undefined,
  { signal }: CallContext,
): Promise<Scope> {
  const { id, scope, source } = await findTrace(engine, traceId, sources, { signal, view: 'export.run' })
  // hexadecimal digits only: the contract has checked the id
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return {
    sources: [scope.sourceId(source)],
    completeness: scope.completeness,
    opened: scope.opened,
    // its rows are not all of the table's
    stored: undefined,
    relation: (table, range, rows) =>
      table === 'spans'
        ? `(SELECT * FROM ${scope.relation(table, range)} WHERE source = ${source} AND trace_id = '${uuid}'::UUID)`
        : scope.relation(table, range, rows),
    sourceId: (key) => scope.sourceId(key),
    sourceKey: (name) => scope.sourceKey(name),
    clockOffset: (key) => scope.clockOffset(key),
  }
}

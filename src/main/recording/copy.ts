// The source that holds what was recorded of a live one: it stays off, so that nothing is counted twice beside the live
// source, and stands in the incident file in its place.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { datedByServer } from '../../shared/contract/source-spec.ts'
import { type LastingGap, RECORDED_PARTS, recordedCopyId } from '../../shared/domain/recording.ts'
import type { TelemetryBatch } from '../../shared/domain/telemetry.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { WrittenRows } from '../storage/telemetry/api.ts'

/** What one commit held: kept in the journal of the store, so that a crash right after it does not read it twice. */
const zCommitted = z.object({
  part: z.enum(RECORDED_PARTS),
  query: z.string(),
  from: z.string(),
  to: z.string(),
  /** why the stretch is not whole although it was answered */
  partial: z.string().optional(),
})
export type Committed = z.output<typeof zCommitted>

const MARK = 'recording:'

/** @throws WatchdeckError `conflict` when the copy was removed and may still be restored */
export function copyOf({ catalog }: EngineContext, incident: Incident, live: SourceRecord): SourceRecord {
  const id = recordedCopyId(incident.id, live.id)
  const there = catalog.sources.get(id)
  if (there?.state === 'removed')
    throw new WatchdeckError('conflict', 'What was recorded of this source was removed.', {
      hint: 'Restore it, or delete it for good, among the sources.',
    })
  if (there) return there
  const made = catalog.sources.create({
    id,
    name: `${live.name} (INC-${incident.number})`,
    kind: 'recording',
    origin: [...(live.spec === undefined ? [] : [live.spec.url]), `INC-${incident.number}`],
    readOnly: false,
  })
  // the copy shows the times that the live views show, which correct traces alone
  const clockOffsetNs = datedByServer(live.kind) ? '0' : live.clockOffsetNs
  return catalog.sources.update(made.id, { state: 'off', rows: 0, clockOffsetNs })
}

/** All or nothing, with what was read. */
export async function commitTo(
  engine: EngineContext,
  copy: SourceRecord,
  batches: readonly TelemetryBatch[],
  committed: readonly Committed[],
  signal: AbortSignal,
): Promise<void> {
  const writer = await engine.telemetry.writer(copy.id, { signal })
  let written: WrittenRows
  try {
    for (const batch of batches) await writer.write(batch)
    written = await writer.commit({
      sha256: randomUUID(),
      path: MARK + JSON.stringify(committed),
      bytes: 0,
      format: 'recording',
      rowsTaken: 0,
      rowsSkipped: 0,
      importedAt: formatRfc3339(engine.platform.clock.now()),
    })
  } catch (error) {
    await writer.rollback()
    throw error
  }
  tell(engine, copy.id, written)
}

function tell({ catalog }: EngineContext, id: string, { from, to, ...more }: WrittenRows): void {
  const source = catalog.sources.get(id)
  if (!source) return
  const counts = { ...source.counts }
  for (const key of Object.keys(counts) as Array<keyof typeof counts>) counts[key] += more[key]
  const { series: _series, ...rows } = counts
  const [low, high] = [source.from, source.to].map((at) => (at === undefined ? undefined : tryParseRfc3339(at)))
  const first = from !== null && (low === undefined || from < low) ? from : low
  const last = to !== null && (high === undefined || to > high) ? to : high
  catalog.sources.update(id, {
    counts,
    rows: Object.values(rows).reduce((sum, n) => sum + n, 0),
    ...(first === undefined ? {} : { from: formatRfc3339(first) }),
    ...(last === undefined ? {} : { to: formatRfc3339(last) }),
  })
}

/** What earlier runs committed and did not come to note. */
export async function committedOf(engine: EngineContext, copy: SourceRecord): Promise<Committed[]> {
  const entries = await engine.telemetry.journal()
  return entries
    .filter(({ key, file }) => key === copy.key && file !== null && file.path.startsWith(MARK))
    .flatMap(({ file }) => z.array(zCommitted).parse(JSON.parse((file?.path ?? '').slice(MARK.length))))
}

/** Spans that the copy does not hold: a trace is told again by every stretch that one of its spans began in. */
export async function freshSpans<T extends { traceId: string; spanId: string; kind: number }>(
  engine: EngineContext,
  copy: SourceRecord,
  spans: readonly T[],
  seen: Set<string>,
  signal: AbortSignal,
): Promise<T[]> {
  const keyOf = ({ traceId, spanId, kind }: { traceId: string; spanId: string; kind: number }) =>
    `${traceId}${spanId}${kind}`
  const ids = [...new Set(spans.map(({ traceId }) => traceId))].filter((id) => /^[0-9a-f]{32}$/.test(id))
  if (ids.length === 0) return []
  const scope = await engine.telemetry.scope([copy.id])
  const held = await engine.telemetry.rows<{ trace: string; span: bigint; kind: number }>(
    `SELECT trace_id AS trace, span_id AS span, kind FROM ${scope.relation('spans')} WHERE trace_id IN (${ids.map((id) => `'${id}'::UUID`).join(', ')})`,
    [],
    { signal },
  )
  for (const { trace, span, kind } of held)
    seen.add(
      keyOf({ traceId: trace.replaceAll('-', ''), spanId: span.toString(16).padStart(16, '0'), kind: Number(kind) }),
    )
  return spans.filter((span) => {
    const key = keyOf(span)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/**
 * The gaps of a copy, for whoever asks it or opens it from a file.
 * @param offset what the clock of the copy was corrected by in these times: they are kept in its own, as its rows are
 */
export function tellMissing({ catalog }: EngineContext, id: string, gaps: readonly LastingGap[], offset: bigint): void {
  const source = catalog.sources.get(id)
  if (!source) return
  const missing = gaps
    .map(({ from, to, reason }) => ({
      from: formatRfc3339(BigInt(from) - offset),
      to: formatRfc3339(BigInt(to) - offset),
      reason,
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .slice(-1000)
  if (JSON.stringify(source.missing ?? []) !== JSON.stringify(missing)) catalog.sources.update(id, { missing })
}

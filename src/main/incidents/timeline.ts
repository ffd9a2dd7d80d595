// Everything of an incident in one table by time: what people wrote, and what happened to the systems meanwhile.

import { plainLine } from '../../shared/base/plain-line.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import { missingOf } from '../storage/missing.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { incidents as contract, type Entry, type Incident } from '../../shared/contract/incidents.ts'
import { ALERT_UID, GAP_UID, isOpenEnd } from '../../shared/domain/alerts.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { recordedCopyId } from '../../shared/domain/recording.ts'
import { type FrameRow, frameFromRows, rowAt } from '../../shared/frame/frame.ts'
import type { MethodParsedInput } from '../../shared/contract/index.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { cursorAt, placeOf } from '../engine/ranked.ts'
import { alertMarks } from './alert-rows.ts'
import { changeRow, objectChanges, withoutDoubles } from './changes.ts'

const COLUMNS = contract.timeline.output.columns

/** lane: stage | note | pin | alert | change | k8s-event | gap */
export async function timeline(
  engine: EngineContext,
  incident: Incident,
  input: Omit<MethodParsedInput<'incidents.timeline'>, 'incident'>,
  context: CallContext,
): Promise<TableAnswer> {
  const place = placeOf('incidents.timeline', input)
  const asked = incident.sources.length > 0
  const happenings = asked
    ? await engine.call(
        'clusters.happenings',
        { range: incident.range, sources: incident.sources, limit: 10_000 },
        context,
      )
    : undefined
  const rows: FrameRow[] = engine.catalog.entries.list(incident.id).map(entryRow)
  const changes = asked ? await objectChanges(engine, incident, context) : { rows: [], unread: 0 }
  if (happenings) {
    const { table } = happenings
    const told = Array.from({ length: table.rowCount }, (_, i) => rowAt(table, i))
    // an alert that still fires has lasted until now
    const now = engine.platform.clock.now()
    for (const row of unwatchedOnce(withoutDoubles(told, changes.rows))) rows.push(happeningRow(row, now))
  }
  rows.push(...changes.rows.map(changeRow), ...gapRows(engine, incident))
  const marked = asked && input.marks ? await alertMarks(engine, incident, rows, context) : undefined
  rows.push(...(marked?.rows ?? []))
  rows.sort((a, b) => compareBig(a['time'] as bigint, b['time'] as bigint))
  const completeness = uniteCompleteness([
    happenings?.completeness ?? { complete: true, missing: [] },
    ...(marked ? [marked.completeness] : []),
  ])
  // happenings and changes that were not even read count as well
  const behind = completeness.truncated
  const unread = changes.unread + (behind?.total === undefined ? 0 : behind.total - behind.returned)
  const { shown, next } = pageOf(rows, place, input.limit)
  // the last page leaves nothing out; what was not read is on no page
  const isCut = next !== undefined || unread > 0 || behind !== undefined
  return {
    table: frameFromRows(COLUMNS, shown),
    completeness: {
      ...completeness,
      // what was not read is on no page
      complete: completeness.complete && unread === 0 && behind === undefined,
      ...(isCut ? { truncated: { returned: shown.length, total: rows.length + unread } } : {}),
    },
    ...(next === undefined ? {} : { nextCursor: cursorAt('incidents.timeline', next, input) }),
  }
}

function entryRow(entry: Entry): FrameRow {
  const firstLine = plainLine(entry.markdown.split('\n', 1)[0] ?? '')
  return {
    time: tryParseRfc3339(entry.at) as bigint,
    endTime: null,
    lane: entry.kind,
    severity: 'normal',
    title: entry.title || firstLine || askedBy(entry) || entry.kind,
    detail: entry.markdown,
    service: '',
    entry: entry.id,
    target: entry.what === null ? null : JSON.stringify(entry.what),
  }
}

/** The query of a pin without a title as it was typed; the method where there was none to type. */
function askedBy({ what }: Entry): string | undefined {
  const query = what?.input['query']
  return typeof query === 'string' && query !== '' ? query : what?.method
}

/** Several sources of alerts that were not looked at in the same hours are one stretch: this engine did not run. */
function unwatchedOnce(rows: readonly FrameRow[]): FrameRow[] {
  const out: FrameRow[] = []
  let at: number | undefined
  for (const row of rows) {
    const last = at === undefined ? undefined : out[at]
    const isGap = row['uid'] === GAP_UID
    if (isGap && at !== undefined && last && (row['time'] as bigint) <= (last['endTime'] as bigint)) {
      if ((row['endTime'] as bigint) > (last['endTime'] as bigint)) out[at] = { ...last, endTime: row['endTime'] }
    } else {
      if (isGap) at = out.length
      out.push(row)
    }
  }
  return out
}

function happeningRow(row: FrameRow, now: bigint): FrameRow {
  const name = row['name'] as string
  const [from, until] = [row['time'] as bigint, row['endTime'] as bigint]
  const to = isOpenEnd(until) ? now : until
  return {
    time: from,
    endTime: to > from ? to : null,
    lane: row['kind'] as string,
    severity: row['severity'] as string,
    title: name === '' ? (row['reason'] as string) : `${row['reason']} ${row['objectKind']}/${name}`,
    detail: row['message'] as string,
    service: row['service'] as string,
    entry: null,
    target: !isObject(row['uid'] as string)
      ? null
      : JSON.stringify({ method: 'clusters.object', input: { uid: row['uid'] } }),
  }
}

/** Times that a source, or what was recorded of it, has not. */
function gapRows({ catalog }: EngineContext, incident: Incident): FrameRow[] {
  return incident.sources.flatMap((id) => {
    const source = catalog.sources.get(id)
    const copy = catalog.sources.get(recordedCopyId(incident.id, id))
    const holder = copy?.missing === undefined ? source : copy
    return (holder === undefined ? [] : missingOf(holder)).flatMap(({ from, to, reason }): FrameRow[] => {
      if (formatRfc3339(from) >= incident.range.to || formatRfc3339(to) <= incident.range.from) return []
      return [
        {
          time: from,
          endTime: to,
          lane: 'gap',
          severity: 'normal',
          title: source?.name ?? id,
          detail: reason,
          service: '',
          entry: null,
          target: null,
        },
      ]
    })
  })
}

const isObject = (uid: string): boolean => uid !== '' && !uid.startsWith(ALERT_UID) && uid !== GAP_UID

/**
 * What people wrote is all on the first page; alerts, changes and gaps come next, then warnings, then the rest. Within a
 * page rows stand by their time.
 */
function pageOf(rows: readonly FrameRow[], place: number, limit: number): { shown: FrameRow[]; next?: number } {
  const weight = (row: FrameRow) =>
    row['entry'] !== null
      ? 3
      : row['lane'] === 'alert' || row['lane'] === 'change' || row['lane'] === 'gap'
        ? 2
        : row['severity'] === 'warning'
          ? 1
          : 0
  const written = place === 0 ? rows.filter((row) => row['entry'] !== null).length : 0
  const next = place + Math.max(limit, written)
  const shown = rows
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(place, next)
    .sort((a, b) => compareBig(a['time'] as bigint, b['time'] as bigint))
  return next < rows.length ? { shown, next } : { shown }
}

const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

// The timeline of the report: what people did and what happened, without the routine of a cluster, repeats told once.

import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Entry, Incident } from '../../shared/contract/incidents.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import { cell, columnNamed, type Frame } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Block } from './blocks.ts'
import { gapBlocks } from './gaps.ts'
import type { PinFormat } from './pin-format.ts'
import { titleOfPin } from './questions.ts'
import type { Words } from './words.ts'

/** rows of the table; what people wrote, alerts and changes go first */
const MAX_ROWS = 120
/** all that the timeline method gives */
const ASKED = 10_000

interface Told {
  readonly time: bigint
  readonly lane: string
  readonly title: string
  /** how important it is when not all fit */
  readonly weight: number
  times: number
  last: bigint
}

export async function timelineBlocks(
  engine: EngineContext,
  incident: Incident,
  entries: readonly Entry[],
  format: PinFormat,
  context: CallContext,
): Promise<{ blocks: Block[]; completeness: Completeness }> {
  const { words } = format
  const { table, completeness } = await engine.call(
    'incidents.timeline',
    { incident: incident.id, limit: ASKED },
    context,
  )
  if (table.rowCount === 0) return { blocks: [{ kind: 'line', text: words.noEvents }], completeness }
  const { rows, routine } = toldRows(table, entries, words)
  const kept = rows.length > MAX_ROWS ? heaviest(rows) : rows
  const blocks: Block[] = []
  if (kept.length > 0)
    blocks.push({
      kind: 'table',
      columns: [words.time, words.kind, words.what],
      numeric: [false, false, false],
      rows: kept.map((row) => [
        format.time(formatRfc3339(row.time)),
        words.lanes[row.lane as keyof Words['lanes']] ?? row.lane,
        row.times === 1 ? row.title : `${row.title}${words.repeated(row.times, format.time(formatRfc3339(row.last)))}`,
      ]),
    })
  const { truncated } = completeness
  const unread = truncated?.total === undefined ? 0 : truncated.total - truncated.returned
  const left = rows.slice().reduce((n, row) => n + (kept.includes(row) ? 0 : row.times), 0)
  if (routine > 0) blocks.push({ kind: 'line', tone: 'note', text: words.routine(routine) })
  if (left + unread > 0) blocks.push({ kind: 'line', tone: 'note', text: words.moreEvents(left + unread) })
  blocks.push(...gapBlocks(completeness.missing, format))
  return { blocks, completeness }
}

/**
 * The rows worth a line. What a cluster does all day (scheduled, pulled, started) is only counted; an event or alert that
 * comes again about the same object or its sisters stands where it came first, with how often and until when.
 */
function toldRows(table: Frame, entries: readonly Entry[], words: Words): { rows: Told[]; routine: number } {
  const text = (name: string, row: number) => String(cell(columnNamed(table, name), row) ?? '')
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const repeats = new Map<string, Told>()
  const rows: Told[] = []
  let routine = 0
  for (let i = 0; i < table.rowCount; i++) {
    const lane = text('lane', i)
    if (lane === 'k8s-event' && text('severity', i) === 'normal') {
      routine++
      continue
    }
    const time = cell(columnNamed(table, 'time'), i) as bigint
    const entry = byId.get(text('entry', i))
    const title = entry?.kind === 'pin' ? titleOfPin(entry, words) : titleOf(lane, text('title', i), words)
    const repeated = lane === 'k8s-event' || lane === 'alert'
    const key = `${lane}\n${withoutReplica(title)}`
    const before = repeated ? repeats.get(key) : undefined
    if (before) {
      before.times++
      before.last = time
      continue
    }
    const weight = entry !== undefined ? 3 : lane === 'alert' || lane === 'change' ? 2 : 1
    const row: Told = { time, lane, title, weight, times: 1, last: time }
    if (repeated) repeats.set(key, row)
    rows.push(row)
  }
  // sisters are told by what they share
  for (const [key, row] of repeats)
    if (row.times > 1) rows[rows.indexOf(row)] = { ...row, title: key.slice(key.indexOf('\n') + 1) }
  return { rows, routine }
}

const titleOf = (lane: string, title: string, words: Words): string =>
  lane === 'stage' ? (words.stageNames[title as Incident['stage']] ?? title) : title

/** `BackOff Pod/cart-7d9c4b5f6d-x2x7k` of a ReplicaSet's pods is `BackOff Pod/cart`; other names stay. */
const withoutReplica = (title: string): string =>
  title.replace(/(\bPod\/\S*?)-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '$1').replace(/(\bPod\/\S*?)-\d+$/, '$1')

function heaviest(rows: readonly Told[]): Told[] {
  const chosen = new Set(rows.toSorted((a, b) => b.weight - a.weight).slice(0, MAX_ROWS))
  return rows.filter((row) => chosen.has(row))
}

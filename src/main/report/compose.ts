// The content of the report: the incident, its stages, its timeline, its evidence, its notes, its sources.

import { formatDuration, formatRfc3339, tryParseRfc3339, toMillis } from '../../shared/base/time.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { zCompleteness } from '../../shared/contract/define.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import { z } from 'zod'
import { cell, columnNamed } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Block } from './blocks.ts'
import { type PinFormat, pinBlocks } from './pins.ts'
import type { Words } from './words.ts'

const MAX_TIMELINE = 120
/** what an answer that was kept with a pin says of itself */
const zPinned = z.object({ completeness: zCompleteness })

export interface Composed {
  readonly title: string
  readonly blocks: readonly Block[]
  readonly completeness: Completeness
}

export async function compose(
  engine: EngineContext,
  incident: Incident,
  words: Words,
  zone: string,
  context: CallContext,
): Promise<Composed> {
  const format = formatFor(words, zone)
  const title = `INC-${incident.number} ${incident.title}`
  const entries = (await engine.call('incidents.entries', { incident: incident.id }, context)).entries
  const notes = entries.filter((e) => e.kind === 'note')
  const pins = entries.filter((e) => e.kind === 'pin')
  const blocks: Block[] = [{ kind: 'heading', level: 1, text: title }, factsOf(incident, words, format, zone)]
  if (incident.summary !== '')
    blocks.push({ kind: 'heading', level: 2, text: words.summary }, { kind: 'markdown', text: incident.summary })
  blocks.push(...stageBlocks(incident, words, format))
  const timeline = await timelineBlocks(engine, incident, words, format, context)
  const seen: Completeness[] = [timeline.completeness]
  blocks.push({ kind: 'heading', level: 2, text: words.timeline }, ...timeline.blocks)
  blocks.push({ kind: 'heading', level: 2, text: words.evidence })
  if (pins.length === 0) blocks.push({ kind: 'line', text: words.noPins })
  for (const pin of pins) {
    const text = engine.catalog.entries.answer(pin.id)
    const answer: unknown = text === null ? null : JSON.parse(text)
    const of = zPinned.safeParse(answer)
    if (of.success) seen.push(of.data.completeness)
    blocks.push(...pinBlocks(pin, answer, format))
  }
  blocks.push({ kind: 'heading', level: 2, text: words.notes })
  if (notes.length === 0) blocks.push({ kind: 'line', text: words.noNotes })
  for (const note of notes)
    blocks.push({ kind: 'line', text: format.time(note.at), tone: 'note' }, { kind: 'markdown', text: note.markdown })
  blocks.push({ kind: 'heading', level: 2, text: words.sources }, sourcesBlock(engine, incident, words, format))
  blocks.push({
    kind: 'line',
    tone: 'note',
    text: words.made(engine.platform.version, format.time(formatRfc3339(engine.platform.clock.now()))),
  })
  return { title, blocks, completeness: uniteCompleteness(seen) }
}

/** @throws WatchdeckError invalid_input for a zone that is not known */
function formatFor(words: Words, zone: string): PinFormat {
  let full: Intl.DateTimeFormat
  let short: Intl.DateTimeFormat
  try {
    const timeZone = zone === 'local' ? undefined : zone
    // Swedish order is year-month-day with a 24-hour clock, in either language
    full = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    short = new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' })
  } catch {
    throw new WatchdeckError('invalid_input', `There is no time zone ${JSON.stringify(zone)}.`, {
      hint: 'Use an IANA name such as Asia/Shanghai, or UTC.',
    })
  }
  return {
    words,
    time(at) {
      const ns = tryParseRfc3339(at)
      return ns === undefined ? at : full.format(toMillis(ns))
    },
    clock: (ms) => short.format(ms),
  }
}

function factsOf(incident: Incident, words: Words, format: PinFormat, zone: string): Block {
  const facts: Array<readonly [string, string]> = [
    [words.severity, words.severities[incident.severity]],
    [words.stage, words.stageNames[incident.stage]],
    [words.window, `${format.time(incident.range.from)} – ${format.time(incident.range.to)}`],
    [words.zone, zone],
  ]
  if (incident.services.length > 0) facts.push([words.services, incident.services.join(', ')])
  const roles = Object.entries(incident.roles).map(([role, who]) => `${role}: ${who}`)
  if (roles.length > 0) facts.push([words.roles, roles.join(', ')])
  if (incident.tags.length > 0) facts.push([words.tags, incident.tags.join(', ')])
  return { kind: 'facts', facts }
}

function stageBlocks(incident: Incident, words: Words, format: PinFormat): Block[] {
  const first = incident.stamps.find((s) => s.stage === 'detected')
  if (incident.stamps.length === 0) return []
  const rows = incident.stamps.map((stamp) => {
    const after =
      first && stamp !== first ? (tryParseRfc3339(stamp.at) ?? 0n) - (tryParseRfc3339(first.at) ?? 0n) : undefined
    return [
      words.stageNames[stamp.stage],
      format.time(stamp.at),
      after === undefined ? '' : formatDuration((after / 1_000_000_000n) * 1_000_000_000n),
    ]
  })
  return [
    { kind: 'heading', level: 2, text: words.stages },
    { kind: 'table', columns: [words.stage, words.reached, words.since], numeric: [false, false, false], rows },
  ]
}

async function timelineBlocks(
  engine: EngineContext,
  incident: Incident,
  words: Words,
  format: PinFormat,
  context: CallContext,
): Promise<{ blocks: Block[]; completeness: Completeness }> {
  const { table, completeness } = await engine.call(
    'incidents.timeline',
    { incident: incident.id, limit: MAX_TIMELINE },
    context,
  )
  if (table.rowCount === 0) return { blocks: [{ kind: 'line', text: words.noEvents }], completeness }
  const text = (name: string, row: number) => String(cell(columnNamed(table, name), row) ?? '')
  // what a cluster does all day (scheduled, pulled, started) says nothing in a report; it is counted
  const told = Array.from({ length: table.rowCount }, (_, i) => i).filter(
    (i) => text('lane', i) !== 'k8s-event' || text('severity', i) !== 'normal',
  )
  const rows = told.map((i) => {
    const lane = text('lane', i)
    const title =
      lane === 'stage'
        ? (words.stageNames[text('title', i) as Incident['stage']] ?? text('title', i))
        : text('title', i)
    return [
      format.time(formatRfc3339(cell(columnNamed(table, 'time'), i) as bigint)),
      words.lanes[lane as keyof Words['lanes']] ?? lane,
      title,
    ]
  })
  const blocks: Block[] = [
    { kind: 'table', columns: [words.time, words.kind, words.what], numeric: [false, false, false], rows },
  ]
  const { truncated } = completeness
  const untold =
    table.rowCount - told.length + (truncated?.total === undefined ? 0 : truncated.total - truncated.returned)
  if (untold > 0) blocks.push({ kind: 'line', tone: 'note', text: words.moreEvents(untold) })
  for (const gap of completeness.missing)
    blocks.push({
      kind: 'line',
      tone: 'warning',
      text: words.missing(gap.source, format.time(gap.from), format.time(gap.to), gap.reason),
    })
  return { blocks, completeness }
}

function sourcesBlock(engine: EngineContext, incident: Incident, words: Words, format: PinFormat): Block {
  const rows = incident.sources.map((id) => {
    const source = engine.catalog.sources.get(id)
    return [
      source?.name ?? id,
      source?.kind ?? '',
      source?.from === undefined ? '' : format.time(source.from),
      source?.to === undefined ? '' : format.time(source.to),
      String(source?.rows ?? ''),
    ]
  })
  return {
    kind: 'table',
    columns: [words.source, words.kind, words.from, words.to, words.rows],
    numeric: [false, false, false, false, true],
    rows,
  }
}

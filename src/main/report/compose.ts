// The content of the report: the incident, its stages, its timeline, its evidence, its notes, its sources.

import { formatDuration, formatRfc3339, tryParseRfc3339, toMillis } from '../../shared/base/time.ts'
import { zoned } from '../../shared/base/zoned.ts'
import { zCompleteness } from '../../shared/contract/define.ts'
import type { Entry, Incident } from '../../shared/contract/incidents.ts'
import { formatCount } from '../../shared/domain/quantity.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import { z } from 'zod'
import { cell, columnNamed } from '../../shared/frame/frame.ts'
import { type Expr, fixedName, type MetricUnit, parsePromQL, walk } from '../../shared/promql/index.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Block } from './blocks.ts'
import type { PinFormat } from './pin-format.ts'
import { pinBlocks } from './pins.ts'
import { timelineBlocks } from './timeline.ts'
import type { Words } from './words.ts'

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
  const zoned = zonedFormat(words, zone)
  const title = `INC-${incident.number} ${incident.title}`
  const entries = (await engine.call('incidents.entries', { incident: incident.id }, context)).entries
  const format = { ...zoned, nameOf: sourceNames(engine), unitOf: await unitsOf(engine, entries, context) }
  const notes = entries.filter((e) => e.kind === 'note')
  const pins = entries.filter((e) => e.kind === 'pin')
  const blocks: Block[] = [{ kind: 'heading', level: 1, text: title }, factsOf(incident, words, format, zone)]
  if (incident.summary !== '')
    blocks.push({ kind: 'heading', level: 2, text: words.summary }, { kind: 'markdown', text: incident.summary })
  blocks.push(...stageBlocks(incident, words, format))
  const timeline = await timelineBlocks(engine, incident, entries, format, context)
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

function zonedFormat(words: Words, zone: string): Pick<PinFormat, 'words' | 'time' | 'clock'> {
  const { full, clock } = zoned(zone)
  return {
    words,
    time(at) {
      const ns = tryParseRfc3339(at)
      return ns === undefined ? at : full(toMillis(ns))
    },
    clock,
  }
}

function factsOf(incident: Incident, words: Words, format: PinFormat, zone: string): Block {
  const facts: Array<readonly [string, string]> = [
    [words.severity, words.severities[incident.severity]],
    [words.stage, words.stageNames[incident.stage]],
    [words.window, `${format.time(incident.range.from)} – ${format.time(incident.range.to)}`],
    [words.zone, zone],
  ]
  if (incident.services.length > 0) facts.push([words.services, incident.services.join(words.comma)])
  const roles = Object.entries(incident.roles).map(
    ([role, who]) => `${words.roleNames[role as keyof Words['roleNames']] ?? role}${words.colon}${who}`,
  )
  if (roles.length > 0) facts.push([words.roles, roles.join(words.comma)])
  if (incident.tags.length > 0) facts.push([words.tags, incident.tags.join(words.comma)])
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

const sourceNames =
  (engine: EngineContext) =>
  (id: string): string =>
    engine.catalog.sources.get(id)?.name ?? id

/** The units of the metrics that the pins ask for, as their sources give them. */
async function unitsOf(engine: EngineContext, entries: readonly Entry[], context: CallContext): Promise<MetricUnit> {
  const units = new Map<string, string>()
  const asked = new Set<string>()
  for (const { what } of entries) {
    const query = what?.method.startsWith('metrics.') ? what.input['query'] : undefined
    if (typeof query !== 'string') continue
    for (const name of metricNames(query)) asked.add(name)
  }
  for (const name of asked) {
    // bucket, count and sum are parts of one metric
    const text = name.replace(/_(bucket|count|sum)$/, '')
    const { table } = await engine.call('metrics.search', { text, limit: 50 }, context)
    for (let i = 0; i < table.rowCount; i++)
      units.set(String(cell(columnNamed(table, 'name'), i)), String(cell(columnNamed(table, 'unit'), i) ?? ''))
  }
  return (name) => units.get(name)
}

function metricNames(query: string): string[] {
  let expr: Expr
  try {
    expr = parsePromQL(query)
  } catch {
    // a live server may know more than our grammar; such a query is drawn without a unit
    return []
  }
  const names: string[] = []
  walk(expr, (node) => {
    const name = node.kind === 'selector' ? fixedName(node.matchers) : undefined
    if (name !== undefined) names.push(name)
  })
  return names
}

function sourcesBlock(engine: EngineContext, incident: Incident, words: Words, format: PinFormat): Block {
  const rows = incident.sources.map((id) => {
    const source = engine.catalog.sources.get(id)
    return [
      source?.name ?? id,
      source === undefined ? '' : (words.sourceKinds[source.kind as keyof Words['sourceKinds']] ?? source.kind),
      source?.from === undefined ? '' : format.time(source.from),
      source?.to === undefined ? '' : format.time(source.to),
      source?.rows === undefined ? '' : formatCount(source.rows),
    ]
  })
  return {
    kind: 'table',
    columns: [words.source, words.kind, words.from, words.to, words.rows],
    numeric: [false, false, false, false, true],
    rows,
  }
}

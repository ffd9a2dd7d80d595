// Incidents: the record of what people saw, said and did. Everything here is the catalog's; telemetry is asked through
// the other capabilities.

import { randomUUID } from 'node:crypto'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange, tryParseInstant, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import type { CapabilityModule, EngineContext, Handlers } from '../engine/api.ts'
import { cursorAt, placeOf } from '../engine/ranked.ts'
import { chatSummary } from './chat-summary.ts'
import { entryHandlers } from './entries.ts'
import { definedOnly, requireIncident, requireWritable } from './record.ts'
import { timeline } from './timeline.ts'

/** How long a removed incident can be taken back. */
const UNDO_NS = 30n * 24n * 3600n * 1_000_000_000n

export const incidentsModule: CapabilityModule<'incidents'> = {
  name: 'incidents',
  start: (engine) => ({ ...incidentHandlers(engine), ...entryHandlers(engine) }),
}

type IncidentMethods = 'create' | 'list' | 'get' | 'update' | 'remove' | 'restore' | 'timeline' | 'chatSummary'

function incidentHandlers(engine: EngineContext): Pick<Handlers<'incidents'>, IncidentMethods> {
  const { catalog, platform } = engine
  const now = () => platform.clock.now()
  const nowText = () => formatRfc3339(now())
  const rangeText = (range: { from: string; to: string }) => {
    const parsed = parseRange(range, now())
    return { from: formatRfc3339(parsed.from), to: formatRfc3339(parsed.to) }
  }

  return {
    async create(input) {
      const sources =
        input.sources ??
        catalog.sources
          .list()
          .filter((s) => s.state === 'ready')
          .map((s) => s.id)
      requireSources(engine, sources)
      const at = nowText()
      const incident = catalog.transaction(() => {
        const created = catalog.incidents.create({
          id: `inc-${randomUUID().slice(0, 13).replace('-', '')}`,
          title: input.title,
          severity: input.severity,
          stage: 'detected',
          range: rangeText(input.range),
          sources,
          services: input.services,
          tags: input.tags,
          roles: input.roles,
          stamps: [],
          summary: input.summary,
          createdAt: at,
          updatedAt: at,
          readOnly: false,
        })
        stampStage(engine, created, 'detected', input.detectedAt)
        catalog.audit.append({
          at,
          actor: 'local',
          action: 'incidents.create',
          subject: created.id,
          detail: { title: created.title },
        })
        return requireIncident(engine, created.id)
      })
      engine.changed('incidents', incident.id)
      return incident
    },

    async list(input) {
      const text = input.text?.toLowerCase()
      const matches = (incident: Incident) =>
        (input.includeRemoved || !incident.removed) &&
        (input.stage === undefined || incident.stage === input.stage) &&
        (input.severity === undefined || incident.severity === input.severity) &&
        (input.tag === undefined || incident.tags.includes(input.tag)) &&
        (text === undefined || searchable(incident).includes(text))
      const all = catalog.incidents.list().filter(matches)
      const place = placeOf('incidents.list', input)
      const incidents = all.slice(place, place + input.limit)
      const completeness = { complete: true, missing: [] }
      if (place + input.limit >= all.length) return { incidents, completeness }
      const truncated = { returned: incidents.length, total: all.length }
      const nextCursor = cursorAt('incidents.list', place + input.limit, input)
      return { incidents, completeness: { ...completeness, truncated }, nextCursor }
    },

    async get({ id }) {
      return requireIncident(engine, id)
    },

    async update(input) {
      const before = requireWritable(engine, input.id)
      const { id } = before
      const { id: _asked, stage, stageAt, range, ...plain } = input
      if (plain.sources !== undefined) requireSources(engine, plain.sources)
      const at = nowText()
      const changes = definedOnly({ ...plain, range: range && rangeText(range), stage })
      if (stageAt !== undefined && stage === undefined)
        throw new WatchdeckError('invalid_input', 'stageAt needs a stage.', {
          hint: 'Say which stage was reached then.',
        })
      const updated = catalog.transaction(() => {
        const after = catalog.incidents.update(id, { ...changes, updatedAt: at })
        if (stage !== undefined) stampStage(engine, before, stage, stageAt)
        catalog.audit.append({ at, actor: 'local', action: 'incidents.update', subject: id, detail: changes })
        return after
      })
      engine.changed('incidents', id)
      return catalog.incidents.get(id) ?? updated
    },

    async remove(input) {
      const { id } = requireIncident(engine, input.id)
      catalog.incidents.update(id, { removed: true, updatedAt: nowText() })
      engine.changed('incidents', id)
      return { undoUntil: formatRfc3339(now() + UNDO_NS) }
    },

    async restore(input) {
      const { id } = requireIncident(engine, input.id)
      const restored = catalog.incidents.update(id, { removed: false, updatedAt: nowText() })
      engine.changed('incidents', id)
      return restored
    },

    timeline: (input, context) => timeline(engine, requireIncident(engine, input.incident), input, context),

    async chatSummary(input, context) {
      return { text: await chatSummary(engine, requireIncident(engine, input.incident), input, context) }
    },
  }
}

/**
 * The stamp of a stage, and its entry, are written the first time it is reached and never again.
 * @throws WatchdeckError `conflict` for another time than the one that is stamped
 */
function stampStage(
  engine: EngineContext,
  incident: Incident,
  stage: Incident['stage'],
  when: string | undefined,
): void {
  const { catalog, platform } = engine
  const now = platform.clock.now()
  const at = when === undefined ? now : tryParseInstant(when, now)
  if (at === undefined)
    throw new WatchdeckError('invalid_input', `The time of the stage is not a time: ${JSON.stringify(when)}`)
  if (at > now + 60_000_000_000n) throw new WatchdeckError('invalid_input', 'A stage cannot be reached in the future.')
  const there = incident.stamps.find((stamp) => stamp.stage === stage)
  if (there !== undefined) {
    if (when === undefined || tryParseRfc3339(there.at) === at) return
    throw new WatchdeckError(
      'conflict',
      `The stage ${stage} was reached at ${there.at} already; a stamp stays as it is.`,
      {
        hint: 'Go to the stage without a time, and add a note that says what was different.',
      },
    )
  }
  const stamp = { stage, at: formatRfc3339(at), recordedAt: formatRfc3339(now) }
  catalog.incidents.stamp(incident.id, stamp)
  catalog.entries.add(
    {
      id: `ent-${randomUUID()}`,
      incident: incident.id,
      kind: 'stage',
      at: stamp.at,
      recordedAt: stamp.recordedAt,
      editedAt: null,
      title: stage,
      markdown: '',
      what: null,
      completeness: null,
      lane: false,
    },
    null,
  )
}

function requireSources(engine: EngineContext, ids: readonly string[]): void {
  const unknown = ids.filter((id) => engine.catalog.sources.get(id) === undefined)
  if (unknown.length > 0)
    throw new WatchdeckError('not_found', `There is no source ${unknown.map((id) => JSON.stringify(id)).join(', ')}.`, {
      hint: 'sources.list names them all.',
    })
}

function searchable(incident: Incident): string {
  return [
    `inc-${incident.number}`,
    incident.title,
    incident.summary,
    ...incident.tags,
    ...incident.services,
    ...Object.values(incident.roles),
  ]
    .join('\n')
    .toLowerCase()
}

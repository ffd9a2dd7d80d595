// Pins, notes and stage marks of an incident. A pin keeps its question and the answer as it was given.

import { randomUUID } from 'node:crypto'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, tryParseInstant } from '../../shared/base/time.ts'
import type { Entry } from '../../shared/contract/incidents.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { definedOnly, requireIncident, requireWritable } from './record.ts'
import { answerPin } from './pin.ts'

/** some 146 years to either side of 1970 */
const FAR = 1n << 62n

type EntryMethods = 'pin' | 'note' | 'editEntry' | 'removeEntry' | 'restoreEntry' | 'entries' | 'pinned'

export function entryHandlers(engine: EngineContext): Pick<Handlers<'incidents'>, EntryMethods> {
  const { catalog, platform } = engine

  const instant = (text: string): string => {
    const at = tryParseInstant(text, platform.clock.now())
    if (at === undefined)
      throw new WatchdeckError('invalid_input', `at is not a time: ${JSON.stringify(text)}`, {
        hint: 'Use RFC 3339 (2026-11-02T14:00:00Z), now, now-15m, or epoch nanoseconds as a decimal string.',
      })
    // what no axis and no int64 column can hold is a slip of the pen
    if (at < -FAR || at > FAR)
      throw new WatchdeckError('invalid_input', `at is too far away: ${JSON.stringify(text)}`, {
        hint: 'Check the year.',
      })
    return formatRfc3339(at)
  }

  const add = (entry: Omit<Entry, 'id' | 'recordedAt' | 'editedAt'>, answer: string | null): Entry => {
    const whole: Entry = {
      ...entry,
      id: `ent-${randomUUID()}`,
      recordedAt: formatRfc3339(platform.clock.now()),
      editedAt: null,
    }
    catalog.entries.add(whole, answer)
    engine.changed('incidents', entry.incident)
    return whole
  }

  const requireEntry = (id: string): Entry => {
    const entry = catalog.entries.get(id)
    if (!entry) throw new WatchdeckError('not_found', `There is no entry ${JSON.stringify(id)}.`)
    return entry
  }

  /** A stage mark is a stamp: it is neither edited nor removed. */
  const requireChangeable = (id: string): Entry => {
    const entry = requireEntry(id)
    requireWritable(engine, entry.incident)
    if (entry.kind === 'stage')
      throw new WatchdeckError('conflict', 'The stamp of a stage cannot be changed.', {
        hint: 'Add a note that says what was different.',
      })
    return entry
  }

  return {
    async pin(input, context) {
      const incident = requireWritable(engine, input.incident)
      const pinned = await answerPin(engine, incident, input.what, context)
      return add(
        {
          incident: incident.id,
          kind: 'pin',
          at: input.at === undefined ? pinned.at : instant(input.at),
          title: input.title ?? '',
          markdown: input.note ?? '',
          what: pinned.what,
          completeness: pinned.completeness,
          lane: input.lane ?? pinned.lane,
        },
        pinned.answer,
      )
    },

    async note(input) {
      const incident = requireWritable(engine, input.incident)
      return add(
        {
          incident: incident.id,
          kind: 'note',
          at: instant(input.at ?? 'now'),
          title: '',
          markdown: input.markdown,
          what: null,
          completeness: null,
          lane: false,
        },
        null,
      )
    },

    async editEntry(input) {
      const before = requireChangeable(input.id)
      const { id, at, ...rest } = input
      const changed = catalog.entries.update(id, {
        ...definedOnly({ ...rest, at: at === undefined ? undefined : instant(at) }),
        editedAt: formatRfc3339(platform.clock.now()),
      })
      engine.changed('incidents', before.incident)
      return changed
    },

    async removeEntry({ id }) {
      const entry = requireChangeable(id)
      catalog.entries.setRemoved(id, true)
      engine.changed('incidents', entry.incident)
      return { ok: true }
    },

    async restoreEntry({ id }) {
      const entry = requireChangeable(id)
      catalog.entries.setRemoved(id, false)
      engine.changed('incidents', entry.incident)
      return entry
    },

    async entries({ incident }) {
      const { id } = requireIncident(engine, incident)
      const byTime = (a: Entry, b: Entry) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.recordedAt < b.recordedAt ? -1 : 1)
      return { entries: catalog.entries.list(id).sort(byTime) }
    },

    async pinned({ id }) {
      const entry = requireEntry(id)
      const answer = catalog.entries.answer(id)
      if (answer === null) throw new WatchdeckError('not_found', 'This entry keeps no answer: it is not a pin.')
      return { entry, answer: JSON.parse(answer) as unknown }
    },
  }
}

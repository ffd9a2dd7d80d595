// The recording capability: live sources of an incident kept in the store while it is open.

import { setTimeout } from 'node:timers/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Recording } from '../../shared/contract/recording.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { DEFAULT_BUDGET, recordedCopyId, type RecordingRecord, type Track } from '../../shared/domain/recording.ts'
import type { CapabilityModule, EngineContext } from '../engine/api.ts'
import { plan } from './plan.ts'
import { type Pace, Run } from './run.ts'
import { liveOf } from './tracks.ts'

const PACE: Pace = {
  everyMs: 60_000,
  async wait(ms, signal) {
    // being woken is how it ends
    await setTimeout(ms, undefined, { signal }).catch(() => undefined)
  },
}
const NOTHING_SPENT = { requests: 0, bytes: 0, samples: 0 }

/** @param pace tests bring their own */
export const recordingModuleWith = (pace: Pace): CapabilityModule<'recording'> => ({
  name: 'recording',
  start: (engine) => {
    const runs = new Map<string, Run>()
    // what an engine before this one was at when it ended
    for (const record of engine.catalog.recordings.list())
      if (record.state === 'running') engine.catalog.recordings.save({ ...record, state: 'interrupted' })

    const status = (incident: Incident): Recording =>
      told(engine, incident, runs.get(incident.id), engine.catalog.recordings.get(incident.id))

    return {
      plan: (input, context) => plan(engine, requireOpen(engine, input.incident), context),

      async start(input, context) {
        const incident = requireOpen(engine, input.incident)
        if (runs.has(incident.id)) throw new WatchdeckError('conflict', 'The incident is being recorded already.')
        if (liveOf(engine, incident).length === 0)
          throw new WatchdeckError('invalid_input', 'The incident has no live source to record.', {
            hint: 'Add one to its sources. What was imported or received is kept anyway.',
          })
        const before = engine.catalog.recordings.get(incident.id)
        const known = before?.budget ?? DEFAULT_BUDGET
        const record: RecordingRecord = {
          incident: incident.id,
          state: 'running',
          startedAt: formatRfc3339(engine.platform.clock.now()),
          budget: {
            requests: input.budget?.requests ?? known.requests,
            bytes: input.budget?.bytes ?? known.bytes,
            samples: input.budget?.samples ?? known.samples,
          },
          tracks: before?.tracks ?? [],
          gaps: before?.gaps ?? [],
        }
        const run = new Run(engine, record, pace)
        runs.set(incident.id, run)
        engine.catalog.recordings.save(record)
        const { startedAt: at } = record
        engine.catalog.audit.append({
          at,
          actor: 'local',
          action: 'recording.start',
          subject: incident.id,
          detail: { budget: record.budget },
        })
        engine.changed('recordings', incident.id)
        try {
          await run.live(context)
        } finally {
          runs.delete(incident.id)
          engine.changed('recordings', incident.id)
        }
        return status(incident)
      },

      async stop(input) {
        const incident = requireIncident(engine, input.incident)
        const run = runs.get(incident.id)
        if (!run) throw new WatchdeckError('conflict', 'The incident is not being recorded.')
        await run.stop()
        return status(incident)
      },

      status: async (input) => status(requireIncident(engine, input.incident)),
    }
  },
})

export const recordingModule = recordingModuleWith(PACE)

function requireIncident({ catalog }: EngineContext, id: string): Incident {
  const incident = catalog.incidents.get(id)
  if (incident) return incident
  throw new WatchdeckError('not_found', `There is no incident ${JSON.stringify(id)}.`, {
    hint: 'incidents.list names them all.',
  })
}

function requireOpen(engine: EngineContext, id: string): Incident {
  const incident = requireIncident(engine, id)
  if (incident.readOnly)
    throw new WatchdeckError('read_only', 'This incident comes from an opened file and cannot be changed.', {
      hint: 'Continue it as your own copy first.',
      messageKey: 'error.incidentReadOnly',
    })
  if (incident.removed) throw new WatchdeckError('conflict', 'The incident was removed.', { hint: 'Restore it first.' })
  return incident
}

function told(
  engine: EngineContext,
  incident: Incident,
  run: Run | undefined,
  record: RecordingRecord | undefined,
): Recording {
  if (!record)
    return { incident: incident.id, state: 'none', budget: DEFAULT_BUDGET, sources: [], gaps: [], unrecorded: [] }
  const now = engine.platform.clock.now()
  const { tracks, gaps, startedAt, endedAt, budget } = run?.record ?? record
  return {
    incident: incident.id,
    state: run ? 'running' : record.state,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    budget: { ...budget },
    sources: [...Map.groupBy(tracks, ({ source }) => source)].map(([source, own]) => {
      const meter = run?.meter(source)
      const copy = recordedCopyId(incident.id, source)
      return {
        source,
        ...(engine.catalog.sources.get(copy) === undefined ? {} : { copy }),
        tracks: own.map(trackOf),
        lastMinute: meter?.lastMinute(now) ?? NOTHING_SPENT,
        total: meter?.total() ?? NOTHING_SPENT,
        overBudget: meter?.over ?? false,
      }
    }),
    gaps: [
      ...gaps.map((gap) => ({ ...gap, from: text(gap.from), to: text(gap.to) })),
      ...tracks.flatMap(({ source, lasting }) =>
        lasting.map(({ from, to, reason }) => ({ source, from: text(from), to: text(to), reason })),
      ),
    ],
    unrecorded: [...(run?.unrecorded ?? [])],
  }
}

const text = (ns: string): string => formatRfc3339(BigInt(ns))

function trackOf({ part, query, rows, perMinute, covered, problem }: Track) {
  const last = covered.at(-1)?.[1]
  return {
    part,
    query,
    rows,
    samplesPerMinute: perMinute,
    ...(last === undefined ? {} : { upTo: text(last) }),
    ...(problem === undefined ? {} : { problem }),
  }
}

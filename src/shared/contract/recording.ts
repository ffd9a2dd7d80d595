// Recording: the live sources of an open incident kept in the store, so that its file holds what they said.
import { z } from 'zod'
import { RECORDED_PARTS } from '../domain/recording.ts'
import { command, job, query, zCompleteness } from './define.ts'

export const RECORDING_STATES = ['none', 'running', 'stopped', 'interrupted'] as const

const zIncidentId = z.string().max(128)

export const zBudget = z
  .object({
    requests: z.number().int().min(2).max(10_000),
    bytes: z.number().int().min(10_000).max(10_000_000_000),
    samples: z.number().int().min(100).max(100_000_000).describe('samples and spans'),
  })
  .describe('for each source in a minute; what does not fit is read later, or stays a gap')

/** Packed bytes as they came. */
const zSpent = z.object({ requests: z.number(), bytes: z.number(), samples: z.number() })

const zTrack = z.object({
  part: z.enum(RECORDED_PARTS),
  /** a selector, or a service; '' for everything */
  query: z.string(),
  rows: z.number(),
  samplesPerMinute: z.number(),
  /** everything before this was asked for, the gaps left out */
  upTo: z.string().optional(),
  problem: z.string().optional(),
})

const zUnrecorded = z.object({ source: z.string(), what: z.string(), reason: z.string() })

export const zRecording = z.object({
  incident: z.string(),
  state: z.enum(RECORDING_STATES),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  budget: zBudget,
  sources: z.array(
    z.object({
      source: z.string(),
      /** the source that holds what was recorded */
      copy: z.string().optional(),
      tracks: z.array(zTrack),
      lastMinute: zSpent,
      total: zSpent,
      /** the last minute's budget did not allow everything */
      overBudget: z.boolean(),
    }),
  ),
  /** times that are not there, and those that were filled later */
  gaps: z.array(
    z.object({
      source: z.string(),
      from: z.string(),
      to: z.string(),
      reason: z.string(),
      refilledAt: z.string().optional(),
    }),
  ),
  /** what of the incident's live sources cannot be recorded */
  unrecorded: z.array(zUnrecorded),
})
export type Recording = z.output<typeof zRecording>

export const recording = {
  plan: query({
    summary: 'What recording an incident would ask of each live source in a minute; asks each a little to know',
    input: z.object({ incident: zIncidentId }),
    output: z.object({
      budget: zBudget,
      sources: z.array(
        z.object({
          source: z.string(),
          tracks: z.array(
            z.object({
              part: z.enum(RECORDED_PARTS),
              query: z.string(),
              /** undefined where the source did not say */
              samplesPerMinute: z.number().optional(),
              /** there may be more than that */
              atLeast: z.boolean(),
            }),
          ),
          /** bytes are a guess from the samples */
          perMinute: zSpent,
        }),
      ),
      unrecorded: z.array(zUnrecorded),
      completeness: zCompleteness,
    }),
  }),
  start: job({
    summary: 'Record the live sources of an incident until it is stopped or the incident is resolved',
    input: z.object({ incident: zIncidentId, budget: zBudget.partial().optional() }),
    output: zRecording,
  }),
  stop: command({
    summary: 'Read what is left up to now, then end the recording of an incident',
    input: z.object({ incident: zIncidentId }),
    output: zRecording,
  }),
  status: query({
    summary: 'What is recorded for an incident, at what cost, with which gaps',
    input: z.object({ incident: zIncidentId }),
    output: zRecording,
  }),
}

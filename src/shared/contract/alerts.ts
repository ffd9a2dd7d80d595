// Alerts: what fires and fired, how it is grouped, and silences, the one thing that can be changed at the backend.
import { z } from 'zod'
import {
  col,
  command,
  query,
  tableQuery,
  zCompleteness,
  zDuration,
  zInstant,
  zLimit,
  zRange,
  zSources,
  paged,
} from './define.ts'
import { SEVERITIES, zIncident } from './incidents.ts'

export const ALERT_STATES = ['active', 'suppressed', 'pending', 'ended'] as const

export const zMatcher = z.object({
  name: z.string().min(1).max(500),
  value: z.string().max(5000),
  isRegex: z.boolean().default(false).describe('anchored at both ends'),
  isEqual: z.boolean().default(true),
})

const zMuted = z.object({
  fingerprint: z.string(),
  name: z.string(),
  summary: z.string(),
  labels: z.record(z.string(), z.string()),
  startsAt: z.string(),
})

/** Lines of the audit. */
export const zActions = z.array(
  z.object({
    at: z.string(),
    action: z.enum(['alerts.silence', 'alerts.expire']),
    source: z.string(),
    outcome: z.enum(['begun', 'done', 'failed']),
    matchers: z.array(zMatcher),
    creator: z.string(),
    comment: z.string(),
    endsAt: z.string().optional(),
    error: z.string().optional(),
  }),
)

export const alerts = {
  list: tableQuery({
    summary:
      'Alerts that fired at any time of the range, newest first, each once: live ones as they are now, pending ones where a server tells its rules, ended ones from what was recorded',
    input: z.object({
      range: zRange,
      sources: zSources,
      state: z.enum(ALERT_STATES).optional(),
      text: z.string().max(300).optional().describe('in the name, a label, an annotation'),
      ...paged(1000),
    }),
    columns: [
      col('name', 'string'),
      col('state', 'string'),
      col('severity', 'string'),
      col('service', 'string'),
      col('summary', 'string'),
      col('startsAt', 'time'),
      col('endsAt', 'time'),
      col('silencedBy', 'json'),
      col('inhibitedBy', 'json'),
      col('receivers', 'json'),
      col('labels', 'json'),
      col('annotations', 'json'),
      col('generator', 'string'),
      /** the PromQL of its rule, '' where nobody tells it */
      col('expression', 'string'),
      /** what the expression came to, as a rule's own server tells it; null elsewhere */
      col('value', 'float'),
      /** others that tell the same alert: [{ source, state, startsAt }] */
      col('also', 'json'),
      col('fingerprint', 'string'),
      col('source', 'string'),
    ],
  }),
  marks: tableQuery({
    summary:
      'Stretches in which alerts fired by the ALERTS series of live and stored metrics, oldest first; no end: firing still',
    input: z.object({ range: zRange, sources: zSources, ...paged(500, 5000) }),
    columns: [
      col('name', 'string'),
      col('severity', 'string'),
      col('service', 'string'),
      col('labels', 'json'),
      col('from', 'time'),
      col('to', 'time'),
      /** '' where only one source of the scope has metrics */
      col('source', 'string'),
    ],
  }),
  groups: query({
    summary: 'What fires now as the backends group it for their receivers; recorded sources have no groups',
    input: z.object({ sources: zSources, receiver: z.string().max(500).optional() }),
    output: z.object({
      groups: z.array(
        z.object({
          source: z.string(),
          receiver: z.string(),
          labels: z.record(z.string(), z.string()),
          fingerprints: z.array(z.string()),
        }),
      ),
      receivers: z.array(z.object({ source: z.string(), name: z.string() })),
      completeness: zCompleteness,
    }),
  }),
  silences: query({
    summary: 'Silences of live backends, active ones first, then by their end',
    input: z.object({ sources: zSources, expired: z.boolean().default(false) }),
    output: z.object({
      silences: z.array(
        z.object({
          source: z.string(),
          id: z.string(),
          state: z.enum(['active', 'pending', 'expired']),
          matchers: z.array(zMatcher),
          creator: z.string(),
          comment: z.string(),
          startsAt: z.string(),
          endsAt: z.string(),
        }),
      ),
      completeness: zCompleteness,
    }),
  }),
  planSilence: query({
    summary: 'What a silence would mute now and would have muted in the last day; changes nothing, and gives the plan',
    input: z.object({
      source: z.string().max(128),
      matchers: z.array(zMatcher).min(1).max(50),
      lasts: zDuration.describe('from now; an end is always needed'),
      creator: z.string().trim().min(1).max(200),
      comment: z.string().trim().min(1).max(2000),
    }),
    output: z.object({
      /** for alerts.silence, good for ten minutes */
      plan: z.string(),
      endsAt: z.string(),
      now: z.array(zMuted),
      lastDay: z.array(zMuted),
      /** longer than a day: alerts.silence wants confirmLong as well */
      isLong: z.boolean(),
      completeness: zCompleteness,
    }),
  }),
  silence: command({
    summary:
      'Carry out a plan of alerts.planSilence: tells the backend once, looks whether it holds, leaves a line in the audit',
    input: z.object({ plan: z.string().max(100), confirmLong: z.boolean().default(false) }),
    output: z.object({ source: z.string(), id: z.string(), endsAt: z.string() }),
  }),
  expire: command({
    summary: 'End a silence now; leaves a line in the audit',
    input: z.object({ source: z.string().max(128), id: z.string().min(1).max(200) }),
    output: z.object({ ok: z.literal(true) }),
  }),
  actions: query({
    summary: 'What was done to silences from here, newest first, as the audit keeps it',
    input: z.object({ limit: zLimit(50, 1000), source: z.string().max(128).optional() }),
    output: z.object({
      actions: zActions,
    }),
  }),
  raise: command({
    summary: 'Open an incident from an alert: scope, labels and link as its summary, the expression pinned',
    input: z.object({
      source: z.string().max(128),
      fingerprint: z.string().min(1).max(200),
      startsAt: zInstant,
      /** default: from the label `severity` of the alert */
      severity: z.enum(SEVERITIES).optional(),
    }),
    output: zIncident,
  }),
}

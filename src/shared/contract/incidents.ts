// An incident: what people say about it, what they pinned, how it went.
import { z } from 'zod'
import { col, command, query, tableQuery, zCompleteness, zInstant, zOk, zRange, paged } from './define.ts'

export const SEVERITIES = ['critical', 'major', 'minor', 'notice'] as const
export const STAGES = ['detected', 'analysing', 'mitigated', 'resolved', 'reviewed'] as const
export type Stage = (typeof STAGES)[number]

export const zRoles = z.record(z.string().max(50), z.string().max(200))
const zTags = z.array(z.string().min(1).max(100)).max(50)
const zTitle = z.string().trim().min(1).max(300)

export const zIncident = z.object({
  id: z.string(),
  /** short number for people: INC-12 */
  number: z.number(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  stage: z.enum(STAGES),
  range: z.object({ from: z.string(), to: z.string() }),
  sources: z.array(z.string()),
  services: z.array(z.string()),
  tags: z.array(z.string()),
  roles: zRoles,
  /** when each stage was first reached; written once */
  stamps: z.array(z.object({ stage: z.enum(STAGES), at: z.string(), recordedAt: z.string() })),
  summary: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  pins: z.number(),
  notes: z.number(),
  readOnly: z.boolean(),
  removed: z.boolean(),
})
export type Incident = z.output<typeof zIncident>

export const zPinned = z.object({ method: z.string().max(100), input: z.record(z.string(), z.unknown()) })

export const zEntry = z.object({
  id: z.string(),
  incident: z.string(),
  kind: z.enum(['pin', 'note', 'stage']),
  /** when it was in the incident */
  at: z.string(),
  /** when it was written down */
  recordedAt: z.string(),
  editedAt: z.string().nullable(),
  title: z.string(),
  markdown: z.string(),
  what: zPinned.nullable(),
  /** of the pinned answer at the time of pinning */
  completeness: z.unknown().nullable(),
  lane: z.boolean(),
})
export type Entry = z.output<typeof zEntry>

export const incidents = {
  create: command({
    summary: 'Open an incident',
    input: z.object({
      title: zTitle,
      severity: z.enum(SEVERITIES),
      range: zRange,
      sources: z.array(z.string()).optional(),
      services: z.array(z.string().max(500)).max(500).default([]),
      tags: zTags.default([]),
      roles: zRoles.default({}),
      summary: z.string().max(20_000).default(''),
      detectedAt: zInstant.optional().describe('stamp of the first stage; default: now'),
    }),
    output: zIncident,
  }),
  list: query({
    summary: 'Incidents, newest first',
    input: z.object({
      text: z.string().max(300).optional(),
      stage: z.enum(STAGES).optional(),
      severity: z.enum(SEVERITIES).optional(),
      tag: z.string().max(100).optional(),
      includeRemoved: z.boolean().default(false),
      ...paged(100, 1000),
    }),
    output: z.object({
      incidents: z.array(zIncident),
      completeness: zCompleteness,
      nextCursor: z.string().optional(),
    }),
  }),
  get: query({ summary: 'One incident', input: z.object({ id: z.string() }), output: zIncident }),
  update: command({
    summary: 'Change an incident; a stage once stamped keeps its stamp',
    input: z.object({
      id: z.string(),
      title: zTitle.optional(),
      severity: z.enum(SEVERITIES).optional(),
      stage: z.enum(STAGES).optional(),
      stageAt: zInstant.optional(),
      range: zRange.optional(),
      sources: z.array(z.string()).optional(),
      services: z.array(z.string().max(500)).max(500).optional(),
      tags: zTags.optional(),
      roles: zRoles.optional(),
      summary: z.string().max(20_000).optional(),
    }),
    output: zIncident,
  }),
  remove: command({
    summary: 'Remove an incident; it can be restored until `undoUntil`',
    input: z.object({ id: z.string() }),
    output: z.object({ undoUntil: z.string() }),
  }),
  restore: command({ summary: 'Take back a removal', input: z.object({ id: z.string() }), output: zIncident }),
  pin: command({
    summary: 'Keep a query with its answer: runs it once for completeness and stores it with the incident',
    input: z.object({
      incident: z.string(),
      what: zPinned,
      title: z.string().max(300).optional(),
      note: z.string().max(20_000).optional(),
      at: zInstant.optional(),
      lane: z.boolean().optional().describe('show as a swim-lane; default: yes for metrics'),
    }),
    output: zEntry,
  }),
  note: command({
    summary: 'Write a note, for now or for an earlier time',
    input: z.object({ incident: z.string(), markdown: z.string().min(1).max(100_000), at: zInstant.optional() }),
    output: zEntry,
  }),
  editEntry: command({
    summary: 'Change the text, title or time of a pin or note',
    input: z.object({
      id: z.string(),
      markdown: z.string().max(100_000).optional(),
      title: z.string().max(300).optional(),
      at: zInstant.optional(),
      lane: z.boolean().optional(),
    }),
    output: zEntry,
  }),
  removeEntry: command({ summary: 'Remove a pin or note', input: z.object({ id: z.string() }), output: zOk }),
  restoreEntry: command({
    summary: 'Take back the removal of a pin or note',
    input: z.object({ id: z.string() }),
    output: zEntry,
  }),
  entries: query({
    summary: 'Pins, notes and stages of an incident by the time they speak of',
    input: z.object({ incident: z.string() }),
    output: z.object({ entries: z.array(zEntry) }),
  }),
  pinned: query({
    summary: 'The answer kept with a pin, as the JSON that the method gave',
    input: z.object({ id: z.string() }),
    output: z.object({ entry: zEntry, answer: z.unknown() }),
  }),
  timeline: tableQuery({
    summary:
      'Everything of an incident in time: stages, notes, pins, alerts, changes, Kubernetes events, gaps; past the limit the first page has what people wrote and what weighs most',
    input: z.object({
      incident: z.string(),
      ...paged(2000, 10_000),
      marks: z.boolean().default(true).describe('alerts by the ALERTS series of metrics too'),
    }),
    columns: [
      col('time', 'time'),
      col('endTime', 'time'),
      col('lane', 'string'),
      col('severity', 'string'),
      col('title', 'string'),
      col('detail', 'string'),
      col('service', 'string'),
      col('entry', 'string'),
      col('target', 'json'),
    ],
  }),
  chatSummary: query({
    summary: 'The state of the incident in a few lines to paste into a chat',
    input: z.object({
      incident: z.string(),
      language: z.enum(['en', 'zh-CN']).default('en'),
      zone: z.string().max(64).default('UTC'),
    }),
    output: z.object({ text: z.string() }),
  }),
}

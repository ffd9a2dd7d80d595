// Room on the disk: what takes it, what could go, and what went with a way back.
import { z } from 'zod'
import { REMOVABLE_KINDS } from '../domain/retention.ts'
import { command, job, query, zNothing } from './define.ts'
import { SOURCE_KINDS } from './sources.ts'

/** Of the data folder. `passing`: on its way in or out of the program, gone within a day. `trash`: can still be taken back. */
export const SPACE_PARTS = [
  'telemetry',
  'events',
  'catalog',
  'unpacked',
  'copies',
  'logs',
  'crashes',
  'passing',
  'trash',
  'other',
] as const

const zKeptBy = z.array(z.object({ id: z.string(), number: z.number(), title: z.string(), pins: z.number() }))

/** Chosen by hand, or by rules: those of the settings are the default. */
export const zRetention = z.strictObject({
  on: z.boolean().describe('follow these rules without being asked, once an hour'),
  maxGb: z.number().min(0.1).max(100_000).nullable().describe('most GB of the data folder; null: no limit'),
  importDays: z.number().int().min(1).max(3650).nullable().describe('imports, since the last file; null: never by age'),
  demoDays: z.number().int().min(1).max(3650).nullable(),
  copyDays: z.number().int().min(1).max(3650).nullable().describe('stores that were set aside, and crash reports'),
  unpackedDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .describe('unpacked parts of opened incident files, unused'),
})
export type Retention = z.output<typeof zRetention>

/** What is offered to whoever switches it on. */
export const RETENTION_DEFAULTS: Retention = {
  on: false,
  maxGb: 20,
  importDays: 90,
  demoDays: 14,
  copyDays: 30,
  unpackedDays: 7,
}

const zItem = z.object({
  id: z.string(),
  kind: z.enum(REMOVABLE_KINDS),
  name: z.string(),
  bytes: z.number(),
  /** when it was made, or last added to */
  since: z.string(),
  /** stretch of time that its rows are about */
  from: z.string().optional(),
  to: z.string().optional(),
  rows: z.number().optional(),
  /** the rules would remove it, and which one */
  why: z.enum(['age', 'size']).nullable(),
  keptBy: zKeptBy,
  /** false: it is made again when it is needed, so there is nothing to take back */
  undo: z.boolean(),
})
export type SpaceItem = z.output<typeof zItem>

const zRun = z.object({
  run: z.string(),
  at: z.string(),
  by: z.enum(['person', 'retention']),
  items: z.number(),
  bytes: z.number(),
  /** until then it can be taken back; absent: it cannot any more */
  undoUntil: z.string().optional(),
})
export type SpaceRun = z.output<typeof zRun>

const zDisk = z.object({
  totalBytes: z.number(),
  freeBytes: z.number(),
  state: z.enum(['ok', 'low', 'critical']),
})

export const space = {
  status: query({
    summary: 'Whether the disk and the size limit leave room, and what was last cleaned up',
    input: zNothing,
    output: z.object({
      disk: zDisk,
      usedBytes: z.number(),
      /** the limit, when retention is on and has one */
      limitBytes: z.number().nullable(),
      /** past the limit although nothing more may go by itself */
      overBytes: z.number(),
      lastRun: zRun.optional(),
      /** a backup that the next start puts in place */
      restoring: z.object({ createdAt: z.string(), stagedAt: z.string() }).optional(),
    }),
  }),
  usage: query({
    summary: 'What takes room in the data folder: by part, by kind of source, by source, with what could be given back',
    input: zNothing,
    output: z.object({
      dataDir: z.string(),
      disk: zDisk,
      totalBytes: z.number(),
      parts: z.array(
        z.object({
          part: z.enum(SPACE_PARTS),
          bytes: z.number(),
          files: z.number(),
          /** left free in it by deleted rows: `space.reclaim` gives it to the disk */
          freeBytes: z.number(),
        }),
      ),
      files: z
        .array(z.object({ path: z.string(), part: z.enum(SPACE_PARTS), bytes: z.number(), changedAt: z.string() }))
        .describe('the largest files of the folder, by size'),
      kinds: z.array(
        z.object({ kind: z.enum(SOURCE_KINDS), sources: z.number(), rows: z.number(), bytes: z.number() }),
      ),
      /** bytes are shared out by rows: the store keeps the rows of all sources together */
      sources: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          kind: z.enum(SOURCE_KINDS),
          state: z.string(),
          rows: z.number(),
          bytes: z.number(),
          from: z.string().optional(),
          to: z.string().optional(),
          undoUntil: z.string().optional(),
          keptBy: zKeptBy,
        }),
      ),
    }),
  }),
  plan: query({
    summary:
      'What a clean-up could remove, what the rules would choose, and which incidents keep what; removes nothing',
    input: z.object({ rules: zRetention.optional().describe('default: those of the settings') }),
    output: z.object({
      items: z.array(zItem),
      /** of what the rules choose */
      bytes: z.number(),
      /** bytes that stay past the limit although everything that may go would go */
      overBytes: z.number(),
    }),
  }),
  run: job({
    summary: 'Remove what a plan named; `space.undo` takes it back for a time',
    input: z.strictObject({
      items: z.array(z.string().min(1).max(500)).min(1).max(10_000).describe('ids of space.plan'),
      evenKept: z.boolean().default(false).describe('also what incidents speak of'),
      undoMinutes: z.number().int().min(1).max(10_080).default(60),
    }),
    output: z.object({
      run: z.string(),
      removed: z.array(z.string()),
      bytes: z.number(),
      undoUntil: z.string(),
      skipped: z.array(z.object({ id: z.string(), reason: z.string() })),
    }),
  }),
  runs: query({
    summary: 'Clean-ups, newest first, by hand and by the rules',
    input: z.object({ limit: z.number().int().min(1).max(200).default(20) }),
    output: z.object({ runs: z.array(zRun) }),
  }),
  undo: command({
    summary: 'Take a clean-up back: all of it that is not deleted yet',
    input: z.object({ run: z.string().max(100) }),
    output: z.object({
      restored: z.array(z.string()),
      lost: z.array(z.object({ id: z.string(), reason: z.string() })),
    }),
  }),
  reclaim: job({
    summary: 'Give the disk back what deleted rows left free in the stores; with `purge`, end every undo first',
    input: z.strictObject({ purge: z.boolean().default(false).describe('delete everything that could be taken back') }),
    output: z.object({ beforeBytes: z.number(), afterBytes: z.number() }),
  }),
}

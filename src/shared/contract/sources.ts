// Where data came from: a demo, an import, an opened incident file (live backends join later).
import { z } from 'zod'
import { command, query, zNothing, zOk } from './define.ts'

export const SOURCE_KINDS = ['import', 'demo', 'file'] as const

export const zSource = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  state: z.enum(['loading', 'ready', 'off', 'removed', 'broken']),
  from: z.string().optional(),
  to: z.string().optional(),
  rows: z.number().optional(),
  bytes: z.number().optional(),
  /** added to every time of the source when it is read, to put a wrong clock right */
  clockOffsetNs: z.string(),
  createdAt: z.string(),
  undoUntil: z.string().optional(),
  counts: z.object({
    spans: z.number(),
    logs: z.number(),
    samples: z.number(),
    series: z.number(),
    objects: z.number(),
    happenings: z.number(),
    userEvents: z.number(),
  }),
  /** where the files were, for people */
  origin: z.array(z.string()),
  readOnly: z.boolean(),
})
export type Source = z.output<typeof zSource>

export const sources = {
  list: query({
    summary: 'All sources, newest first; removed ones while they can be restored',
    input: z.object({ includeRemoved: z.boolean().default(false) }),
    output: z.object({ sources: z.array(zSource) }),
  }),
  imports: query({
    summary: 'The files that were read into a source, newest first',
    input: z.object({ id: z.string() }),
    output: z.object({
      imports: z.array(
        z.object({
          path: z.string(),
          format: z.string(),
          bytes: z.number(),
          rowsTaken: z.number(),
          rowsSkipped: z.number(),
          importedAt: z.string(),
        }),
      ),
    }),
  }),
  update: command({
    summary: 'Rename a source, switch it on or off, correct its clock',
    input: z.object({
      id: z.string(),
      name: z.string().min(1).max(200).optional(),
      on: z.boolean().optional(),
      clockOffsetNs: z
        .string()
        .regex(/^-?\d{1,19}$/)
        .optional(),
    }),
    output: zSource,
  }),
  remove: command({
    summary: 'Remove a source; it can be restored until `undoUntil`, then its rows are deleted',
    input: z.object({ id: z.string() }),
    output: z.object({ undoUntil: z.string() }),
  }),
  restore: command({ summary: 'Take back a removal', input: z.object({ id: z.string() }), output: zOk }),
  purge: command({ summary: 'Delete the rows of removed sources now', input: zNothing, output: zOk }),
}

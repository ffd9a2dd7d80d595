// A made-up incident with a true cause, for learning and for tests.
import { z } from 'zod'
import { job } from './define.ts'

export const FAULTS = ['rollout', 'node-pressure', 'dns', 'slow-database', 'broken-consumer', 'none'] as const

export const demo = {
  create: job({
    summary: 'Generate two hours of a shop with one fault in it; the same seed gives the same incident',
    input: z.object({
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 31 - 1)
        .default(1),
      scale: z.number().min(0.001).max(100).default(1),
      fault: z.enum(FAULTS).optional().describe('default: chosen by the seed; seed 1 is a rollout'),
      withTruth: z.boolean().default(false),
      incident: z.boolean().default(true).describe('also open an incident for it'),
    }),
    output: z.object({
      source: z.string(),
      incident: z.string().optional(),
      from: z.string(),
      to: z.string(),
      truth: z
        .object({
          fault: z.enum(FAULTS),
          rootService: z.string(),
          rootEntity: z.string(),
          at: z.string(),
          until: z.string(),
          redHerrings: z.array(z.string()),
        })
        .optional(),
    }),
    unkept: ['truth'],
  }),
}

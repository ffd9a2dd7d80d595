// The incident file: one zip that opens anywhere without a source.
import { z } from 'zod'
import { HELD_KINDS } from '../domain/held.ts'
import { command, job, query, zCompleteness, zNothing } from './define.ts'
import { zSettings } from './settings.ts'

const zScope = z.object({
  kinds: z.array(z.enum(HELD_KINDS)).optional(),
  services: z.array(z.string().max(500)).optional(),
})
const zRedact = z
  .union([
    z.boolean(),
    z.array(z.union([zSettings.shape.redactionRules.unwrap().element, z.string().regex(/^own:[a-z][a-z0-9-]{0,23}$/)])),
  ])
  .optional()
  .describe('true: the rules of the settings; a list: these rules, own:NAME for one of the settings; false: none')

export const file = {
  estimate: query({
    summary: 'What a save would hold: rows and bytes by kind, and what redaction would replace, with examples',
    input: z.object({ incident: z.string(), scope: zScope.optional(), redact: zRedact }),
    output: z.object({
      rows: z.record(z.string(), z.number()),
      bytes: z.number(),
      redaction: z.array(
        z.object({
          rule: z.string(),
          count: z.number(),
          sampled: z.boolean(),
          examples: z.array(z.object({ before: z.string(), after: z.string() })),
        }),
      ),
      completeness: zCompleteness,
    }),
  }),
  save: job({
    summary: 'Write an incident with its telemetry to one file; the old file stays until the new one is whole',
    input: z.object({
      incident: z.string(),
      path: z.string().min(1),
      scope: zScope.optional(),
      redact: zRedact,
      passphrase: z.string().min(1).max(1000).optional(),
      overwrite: z.boolean().default(false),
    }),
    output: z.object({
      path: z.string(),
      bytes: z.number(),
      sha256: z.string(),
      entries: z.number(),
      /** what of the incident's range and sources the file could not get */
      completeness: zCompleteness,
    }),
  }),
  verify: query({
    summary: 'Check a file against its manifest and hashes without opening it',
    input: z.object({ path: z.string().min(1), passphrase: z.string().optional() }),
    output: z.object({
      ok: z.boolean(),
      problems: z.array(z.string()),
      title: z.string().optional(),
      entries: z.number().optional(),
      bytes: z.number().optional(),
    }),
  }),
  open: command({
    summary: 'Open a file read-only: its telemetry becomes a source, its incident is listed',
    input: z.object({ path: z.string().min(1), passphrase: z.string().optional() }),
    output: z.object({ source: z.string(), incident: z.string() }),
  }),
  close: command({
    summary: 'Close an opened file and drop what was unpacked of it',
    input: z.object({ source: z.string() }),
    output: z.object({ ok: z.literal(true) }),
  }),
  unpacked: query({
    summary: 'What was unpacked of opened files, and when it was last asked for',
    input: zNothing,
    output: z.object({
      files: z.array(z.object({ key: z.string(), name: z.string(), bytes: z.number(), usedAt: z.string() })),
    }),
  }),
  forget: command({
    summary:
      'Delete what was unpacked of an opened file and was not asked for lately; it is unpacked again when needed',
    input: z.object({
      key: z.string().max(64).describe('of file.unpacked'),
      unusedMinutes: z.number().int().min(15).max(100_000).default(15),
    }),
    output: z.object({ bytes: z.number() }),
  }),
  adopt: job({
    summary: "Continue an opened incident as one's own copy that can be changed",
    input: z.object({ incident: z.string() }),
    output: z.object({ incident: z.string(), source: z.string() }),
  }),
}

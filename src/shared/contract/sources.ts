// Where data comes from: a demo, an import, an opened incident file, a live backend.
import { z } from 'zod'
import { tryParseRfc3339 } from '../base/time.ts'
import { HELD_KINDS, MOST_SELECTOR_CHARACTERS, MOST_SELECTORS } from '../domain/held.ts'
import { command, query, zNothing, zOk, zNs } from './define.ts'
import { LIVE_KINDS, zSourceLimits, zSourceSpec } from './source-spec.ts'

export const SOURCE_KINDS = ['import', 'demo', 'file', 'otlp', 'recording', ...LIVE_KINDS] as const

const zTime = z
  .string()
  .max(40)
  .refine((text) => tryParseRfc3339(text) !== undefined, 'no time')

/** What an incident file kept of a source. */
export const zHeld = z.object({
  from: zTime,
  to: zTime,
  kinds: z.array(z.enum(HELD_KINDS)).readonly(),
  services: z.array(z.string().max(500)).max(10_000).readonly().describe('rows of these services only; empty: of all'),
  selectors: z
    .array(z.string().max(MOST_SELECTOR_CHARACTERS))
    .max(MOST_SELECTORS)
    .readonly()
    .optional()
    .describe('of metrics the series of these selectors only; absent: all'),
})

export const zSource = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  state: z.enum(['loading', 'ready', 'off', 'removed', 'broken']),
  from: z.string().optional().describe('with `to` the half-open stretch of the rows, its clock put right'),
  to: z.string().optional(),
  rows: z.number().optional(),
  bytes: z.number().optional(),
  /** added to every time of the source when it is read, to put a wrong clock right */
  clockOffsetNs: zNs,
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
  /** of an opened incident file and of an own copy of one: all that it can know of */
  held: zHeld.optional(),
  /** times of which it is known that the source has not all */
  missing: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string() })).optional(),
  /** a live backend: where it is and what it turned out to be */
  live: z
    .object({
      url: z.string(),
      environment: z.string().optional(),
      keeps: z.enum(['vault', 'session']).optional().describe('where its secrets are kept; absent: it has none kept'),
      lacksSecrets: z
        .boolean()
        .describe(
          'its secrets were kept for a session that is over, or are in no vault here: they are to be given again',
        ),
      health: z.enum(['unknown', 'ok', 'failing', 'resting']),
      product: z.string().optional(),
      version: z.string().optional(),
    })
    .optional(),
})
export type Source = z.output<typeof zSource>

const zKeepIn = z
  .enum(['vault', 'session'])
  .describe('session: its secrets stay in memory and are gone with the engine')
const zKeep = zKeepIn.default('vault')

const zConfirmCommands = z
  .boolean()
  .default(false)
  .describe('the programs that the spec names for its secrets may be run on this machine')

export const TEST_STEPS = [
  'settings',
  'proxy',
  'ssh',
  'resolve',
  'connect',
  'tls',
  'auth',
  'path',
  'version',
  'permissions',
  'clock',
] as const

export const zTestStep = z.object({
  step: z.enum(TEST_STEPS),
  ok: z.boolean(),
  tookNs: z.number(),
  message: z.string(),
  hint: z.string().optional(),
  /** what the person may accept, such as the key of an SSH host seen for the first time */
  offer: z.object({ hop: z.number(), hostKey: z.string() }).optional(),
})
export type TestStep = z.output<typeof zTestStep>

/** What one view asked of a source since the engine started. */
export const zLoad = z.object({
  view: z.string(),
  requests: z.number(),
  failures: z.number(),
  retries: z.number(),
  /** equal questions that were answered by one request, and steps answered by the cache of chunks */
  shared: z.number(),
  cachedSteps: z.number(),
  bytesOverWire: z.number(),
  bytesUnpacked: z.number(),
  samples: z.number(),
  busyNs: z.number(),
})
export type Load = z.output<typeof zLoad>

export const zHealth = z.object({
  id: z.string(),
  /** resting: the breaker is open, nothing is asked until `restsUntil` */
  state: z.enum(['unknown', 'ok', 'failing', 'resting']),
  lacksSecrets: z.boolean().describe('its secrets are to be given again: nothing can be asked of it before'),
  since: z.string().optional(),
  lastOkAt: z.string().optional(),
  restsUntil: z.string().optional(),
  lastError: z
    .object({ at: z.string(), code: z.string(), message: z.string(), hint: z.string().optional() })
    .optional(),
  capabilities: z
    .object({
      product: z.string(),
      version: z.string(),
      flags: z.record(z.string(), z.boolean()),
      cannot: z.array(z.string()),
    })
    .optional(),
  inFlight: z.number(),
  waiting: z.number(),
  limits: zSourceLimits,
  load: z.array(zLoad),
})
export type Health = z.output<typeof zHealth>

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
      clockOffsetNs: z.union([z.number().int(), z.string().regex(/^-?\d{1,19}$/)]).optional(),
    }),
    output: zSource,
  }),
  add: command({
    summary: 'Add a live backend; its secrets go to the vault and are never answered',
    input: zSourceSpec.extend({ keep: zKeep, confirmCommands: zConfirmCommands }),
    output: z.object({ id: z.string() }),
  }),
  spec: query({
    summary: 'How a live source is reached; in place of each kept secret stands the mark that edits take',
    input: z.object({ id: z.string() }),
    output: zSourceSpec,
  }),
  sshHosts: query({
    summary: 'Hosts of ~/.ssh/config that a bastion may be named by; patterns are left out',
    input: zNothing,
    output: z.object({
      hosts: z.array(
        z.object({
          host: z.string(),
          hostName: z.string().optional(),
          user: z.string().optional(),
          port: z.number().optional(),
          jump: z.string().optional().describe('the hosts that ProxyJump puts before it'),
        }),
      ),
    }),
  }),
  edit: command({
    summary: 'Reach a live source otherwise; `sources.revert` takes it back until `undoUntil`',
    input: z.object({
      id: z.string(),
      spec: zSourceSpec,
      keep: zKeepIn
        .optional()
        .describe('moves its secrets there; absent: they stay, new ones too, where they are kept'),
      confirmCommands: zConfirmCommands,
    }),
    output: z.object({ undoUntil: z.string() }),
  }),
  revert: command({ summary: 'Take back the last edit', input: z.object({ id: z.string() }), output: zOk }),
  test: command({
    summary: 'Try a live source step by step; stops at the first step that fails and says what to do',
    input: z.object({
      id: z.string().optional(),
      spec: zSourceSpec.optional(),
      confirmCommands: zConfirmCommands,
    }),
    output: z.object({ steps: z.array(zTestStep) }),
  }),
  health: query({
    summary: 'How live sources are, what they can do, and the load that each view caused',
    input: z.object({ id: z.string().optional() }),
    output: z.object({ sources: z.array(zHealth) }),
  }),
  read: command({
    summary:
      'Add live sources from the text of a provisioning file of Grafana or of sources.write, or from environment variables',
    input: z.object({
      text: z.string().max(5_000_000).optional(),
      path: z.string().max(4000).optional().describe('a file that holds the text'),
      environment: z.boolean().default(false).describe('from WATCHDECK_SOURCE_<NAME>_URL and its sisters'),
      /** tell what would be added, and add nothing */
      dryRun: z.boolean().default(false),
      keep: zKeep,
      confirmCommands: zConfirmCommands,
    }),
    output: z.object({
      sources: z.array(
        z.object({
          /** undefined in a dry run, and where it could not be added */
          id: z.string().optional(),
          name: z.string(),
          kind: z.enum(LIVE_KINDS),
          url: z.string(),
          /** a live source of this kind and address is there already: it is not added again */
          known: z.boolean(),
          /** what was not taken over, and why it could not be added */
          left: z.array(z.string()),
        }),
      ),
      skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
  }),
  write: query({
    summary:
      'Live sources as text for sources.read on another machine; secrets stand as names of environment variables',
    input: z.object({ ids: z.array(z.string()).max(1000).optional() }),
    output: z.object({ text: z.string(), sources: z.number() }),
  }),
  remove: command({
    summary: 'Remove a source; it can be restored until `undoUntil`, then its rows are deleted',
    input: z.object({ id: z.string(), undoMinutes: z.number().int().min(1).max(10_080).default(10) }),
    output: z.object({ undoUntil: z.string() }),
  }),
  restore: command({ summary: 'Take back a removal', input: z.object({ id: z.string() }), output: zOk }),
  purge: command({ summary: 'Delete the rows of removed sources now', input: zNothing, output: zOk }),
}

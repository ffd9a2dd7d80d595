// What the person prefers; kept in the catalog, the same in every window.
import { z } from 'zod'
import { command, query, zNothing } from './define.ts'
import { zReceiverSettings } from './receiver.ts'
import { RETENTION_DEFAULTS, zRetention } from './space.ts'

const RULE_NAMES = ['email', 'ip', 'card', 'phone', 'token', 'authorization', 'cn-id', 'uuid'] as const

/** A rule of redaction that a person wrote: `pattern` is a regular expression that JavaScript and RE2 both know. */
const zOwnRule = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,23}$/, 'lower-case letters, digits and hyphens, at most 24')
    .refine((name) => !RULE_NAMES.some((ours) => ours === name), 'a rule of ours has this name')
    .describe('stands in the token: <name:3fa9c2d41b>'),
  pattern: z.string().min(1).max(500),
  on: z.boolean().default(true),
})
export type OwnRule = z.output<typeof zOwnRule>

export const zSettings = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  contrast: z.enum(['system', 'normal', 'high']).default('system'),
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  zone: z.string().max(64).default('local').describe('IANA zone name, "local" or "UTC"'),
  incidentZones: z
    .record(z.string().max(128), z.string().max(64))
    .refine((zones) => Object.keys(zones).length <= 1000, 'at most 1,000 incidents')
    .default({})
    .describe('zones of incidents that are looked at in another zone than the rest, by incident id'),
  density: z.enum(['compact', 'normal', 'comfortable']).default('normal'),
  bytes: z.enum(['iec', 'si']).default('iec').describe('iec: KiB, MiB of 1024; si: kB, MB of 1000'),
  durations: z.enum(['auto', 'ms', 's']).default('auto').describe('auto: the unit that is read best'),
  memoryMiB: z
    .number()
    .int()
    .min(256)
    .max(1_048_576)
    .nullable()
    .default(null)
    .describe('most memory that the store takes for questions; null: a quarter of the machine, 512 MiB to 4 GiB'),
  threads: z
    .number()
    .int()
    .min(1)
    .max(128)
    .nullable()
    .default(null)
    .describe('processor threads of the store; null: the cores of the machine, at most 8'),
  queriesAtOnce: z.number().int().min(1).max(32).default(6).describe('heavy questions at once over all windows'),
  queriesPerWindow: z.number().int().min(1).max(32).default(4).describe('heavy questions at once of one window'),
  queryTimeoutS: z
    .number()
    .int()
    .min(5)
    .max(3600)
    .default(60)
    .describe('seconds a question may take, waiting included'),
  redactionRules: z
    .array(z.enum(RULE_NAMES))
    .default(['email', 'ip', 'card', 'phone', 'token', 'authorization', 'cn-id']),
  ownRedaction: z
    .array(zOwnRule)
    .max(32)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'two rules have the same name')
    .default([]),
  keymap: z
    .record(z.string().max(100), z.array(z.string().min(1).max(60)).max(4))
    .refine((keymap) => Object.keys(keymap).length <= 500, 'at most 500 commands')
    .default({})
    .describe('keys of commands that have others than their own, by command; an empty list: none'),
  retention: zRetention.default(RETENTION_DEFAULTS).describe('what goes by itself; received data has its own days'),
  tour: z.enum(['new', 'done']).default('new').describe('whether the tour of a first start was taken or skipped'),
  receiver: zReceiverSettings.prefault({}).describe('changed by receiver.start and receiver.stop'),
})
export type Settings = z.output<typeof zSettings>

/** What `set` and `reset` reach: all but the receiver's, which has commands of its own. */
const { receiver: _receiver, ...own } = zSettings.shape
const NAMES = Object.keys(own) as [OwnSetting, ...OwnSetting[]]
export type OwnSetting = Exclude<keyof Settings, 'receiver'>

/** Without the defaults: a change that fills in defaults would reset whatever it does not name. */
const zChanges = z.strictObject({
  theme: own.theme.unwrap().optional(),
  contrast: own.contrast.unwrap().optional(),
  language: own.language.unwrap().optional(),
  zone: own.zone.unwrap().optional(),
  incidentZones: own.incidentZones.unwrap().optional(),
  density: own.density.unwrap().optional(),
  bytes: own.bytes.unwrap().optional(),
  durations: own.durations.unwrap().optional(),
  memoryMiB: own.memoryMiB.unwrap().optional(),
  threads: own.threads.unwrap().optional(),
  queriesAtOnce: own.queriesAtOnce.unwrap().optional(),
  queriesPerWindow: own.queriesPerWindow.unwrap().optional(),
  queryTimeoutS: own.queryTimeoutS.unwrap().optional(),
  redactionRules: own.redactionRules.unwrap().optional(),
  ownRedaction: own.ownRedaction.unwrap().optional(),
  keymap: own.keymap.unwrap().optional(),
  retention: own.retention.unwrap().optional(),
  tour: own.tour.unwrap().optional(),
})

/** ready: secrets can be read and kept. locked: they need their passphrase. unset: the first passphrase makes the vault. */
const zVault = z.object({
  state: z.enum(['ready', 'locked', 'unset', 'unavailable']),
  protection: z.enum(['passphrase', 'keychain', 'memory']),
})

export const settings = {
  get: query({ summary: 'All settings, defaults filled in', input: zNothing, output: zSettings }),
  set: command({
    summary: 'Change some settings; answers with all of them',
    input: zChanges,
    output: zSettings,
  }),
  defaults: query({ summary: 'All settings as nobody has changed them', input: zNothing, output: zSettings }),
  reset: command({
    summary: 'Give settings their defaults back; answers with all of them. `set` with the values before takes it back',
    input: z.strictObject({ names: z.array(z.enum(NAMES)).optional().describe('default: all but the tour') }),
    output: zSettings,
  }),
  redaction: query({
    summary: 'The rules of redaction with their patterns, and what they make of a text',
    input: z.strictObject({
      text: z.string().max(10_000).default(''),
      rules: zSettings.shape.redactionRules.unwrap().optional().describe('default: those of the settings'),
      own: zSettings.shape.ownRedaction.unwrap().optional().describe('default: those of the settings'),
    }),
    output: z.object({
      rules: z.array(z.object({ rule: z.string(), pattern: z.string() })),
      /** with tokens in the place of what matched */
      text: z.string(),
      matches: z.array(z.object({ rule: z.string(), before: z.string(), after: z.string() })),
    }),
  }),
  vault: query({
    summary: 'How the secrets of sources are protected, and whether they can be read',
    input: zNothing,
    output: zVault,
  }),
  unlockVault: command({
    summary: 'Open the vault of secrets until the engine stops; the first passphrase makes it',
    input: z.object({ passphrase: z.string().min(1).max(1000) }),
    output: zVault,
  }),
  lockVault: command({
    summary: 'Forget the passphrase of the vault and what was kept for the session',
    input: zNothing,
    output: zVault,
  }),
}

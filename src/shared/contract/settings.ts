// What the person prefers; kept in the catalog, the same in every window.
import { z } from 'zod'
import { command, query, zNothing } from './define.ts'
import { zReceiverSettings } from './receiver.ts'

export const zSettings = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  zone: z.string().max(64).default('local').describe('IANA zone name, "local" or "UTC"'),
  density: z.enum(['compact', 'normal', 'comfortable']).default('normal'),
  redactionRules: z
    .array(z.enum(['email', 'ip', 'card', 'phone', 'token', 'authorization', 'cn-id', 'uuid']))
    .default(['email', 'ip', 'card', 'phone', 'token', 'authorization', 'cn-id']),
  receiver: zReceiverSettings.prefault({}).describe('changed by receiver.start and receiver.stop'),
})
export type Settings = z.output<typeof zSettings>

/** Without the defaults: a change that fills in defaults would reset whatever it does not name. */
const zChanges = z.strictObject({
  theme: zSettings.shape.theme.unwrap().optional(),
  language: zSettings.shape.language.unwrap().optional(),
  zone: zSettings.shape.zone.unwrap().optional(),
  density: zSettings.shape.density.unwrap().optional(),
  redactionRules: zSettings.shape.redactionRules.unwrap().optional(),
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

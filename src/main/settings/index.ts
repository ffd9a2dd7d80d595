// What the person prefers, the same in every window.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { type OwnSetting, type Settings, zSettings } from '../../shared/contract/settings.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { createRedactor, REDACTION_PATTERNS } from '../storage/incident-file/redaction.ts'
import { checkRule } from './rules.ts'

const LIMITS: readonly string[] = [
  'memoryMiB',
  'threads',
  'queriesAtOnce',
  'queriesPerWindow',
  'queryTimeoutS',
] satisfies OwnSetting[]
/** What "reset all" means: the tour was taken, whatever the settings are. */
const RESETTABLE = (Object.keys(zSettings.shape) as Array<keyof Settings>).filter(
  (name): name is OwnSetting => name !== 'receiver' && name !== 'tour',
)

export const settingsModule: CapabilityModule<'settings'> = {
  name: 'settings',
  start: ({ applyLimits, catalog, changed, platform, telemetry }) => {
    const readByStore = async (pattern: string): Promise<string | undefined> => {
      try {
        await telemetry.rows(`SELECT regexp_matches('a', $1) AS found`, [pattern])
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    }
    /** Limits are tried first: what does not hold is not kept either. */
    const keep = async (next: Settings, names: readonly string[], write: () => Settings): Promise<Settings> => {
      if (names.some((name) => LIMITS.includes(name))) await applyLimits(next)
      const all = write()
      changed('settings', ...names)
      return all
    }
    return {
      async get() {
        return catalog.settings.get()
      },
      async defaults() {
        return zSettings.parse({})
      },
      async set(input) {
        if (input.zone !== undefined) requireZone(input.zone)
        for (const zone of Object.values(input.incidentZones ?? {})) requireZone(zone)
        for (const keys of Object.values(input.keymap ?? {}).flat()) requireKeys(keys)
        for (const rule of input.ownRedaction ?? []) await checkRule(rule, readByStore)
        // zod keeps a key that was given as undefined; the catalog must not take it for a value
        const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
        return keep({ ...catalog.settings.get(), ...changes }, Object.keys(changes), () =>
          catalog.settings.set(changes),
        )
      },
      async reset({ names = RESETTABLE }) {
        const defaults = zSettings.parse({})
        const next = { ...catalog.settings.get(), ...Object.fromEntries(names.map((name) => [name, defaults[name]])) }
        return keep(next, names, () => catalog.settings.reset(names))
      },
      async redaction({ text, rules, own }) {
        const kept = catalog.settings.get()
        const asked = own ?? kept.ownRedaction
        for (const rule of asked) await checkRule(rule, readByStore)
        const active = asked.filter(({ on }) => on)
        const redactor = createRedactor(rules ?? kept.redactionRules, active)
        return {
          rules: [
            ...asked.map(({ name, pattern }) => ({ rule: name, pattern })),
            ...REDACTION_PATTERNS.map(({ rule, pattern }) => ({ rule, pattern })),
          ],
          text: redactor.text(text),
          matches: redactor.matches(text),
        }
      },
      vault: () => platform.secrets.status(),
      async unlockVault({ passphrase }) {
        await platform.secrets.unlock(passphrase)
        changed('settings', 'vault')
        changed('sources')
        return await platform.secrets.status()
      },
      async lockVault() {
        platform.secrets.lock()
        changed('settings', 'vault')
        // with it goes what was kept for the session
        changed('sources')
        return await platform.secrets.status()
      },
    }
  },
}

function requireZone(zone: string): void {
  if (zone === 'local' || zone === 'UTC') return
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (cause) {
    throw new WatchdeckError('invalid_input', `"${zone}" is not a time zone.`, {
      hint: 'Use an IANA name such as Europe/Berlin or Asia/Shanghai, "local" or "UTC".',
      cause,
    })
  }
}

/** Strokes as the page writes them: modifiers, then one key; two strokes with a space make a sequence. */
function requireKeys(keys: string): void {
  const stroke = /^(?:(?:Mod|Ctrl|Meta|Alt|Shift)\+)*(?:[!-~]|[A-Z][A-Za-z]*\d{0,2}|[^\s\p{C}])$/u
  const strokes = keys.split(' ')
  if (strokes.length <= 2 && strokes.every((s) => stroke.test(s))) return
  throw new WatchdeckError('invalid_input', `"${keys}" is not a key.`, {
    hint: 'Keys are written as Mod+k, g t, [ or Shift+p.',
  })
}

// What the person prefers, the same in every window.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { CapabilityModule } from '../engine/api.ts'

export const settingsModule: CapabilityModule<'settings'> = {
  name: 'settings',
  start: ({ catalog, changed, platform }) => ({
    async get() {
      return catalog.settings.get()
    },
    async set(input) {
      if (input.zone !== undefined) requireZone(input.zone)
      // zod keeps a key that was given as undefined; the catalog must not take it for a value
      const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
      const all = catalog.settings.set(changes)
      changed('settings', ...Object.keys(changes))
      return all
    },
    vault: () => platform.secrets.status(),
    async unlockVault({ passphrase }) {
      await platform.secrets.unlock(passphrase)
      changed('settings', 'vault')
      return await platform.secrets.status()
    },
    async lockVault() {
      platform.secrets.lock()
      changed('settings', 'vault')
      return await platform.secrets.status()
    },
  }),
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

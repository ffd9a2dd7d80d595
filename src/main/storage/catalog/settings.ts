// Settings, one row a name, so that a setting of a newer version survives a visit of an older one.

import { type Settings, zSettings } from '../../../shared/contract/settings.ts'
import type { Catalog } from './api.ts'
import type { Sqlite } from './database.ts'

export function settingsRepository(db: Sqlite): Catalog['settings'] {
  const all = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM settings')
  const put = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const remove = db.prepare('DELETE FROM settings WHERE name = ?')
  const get = (): Settings => {
    const stored: Record<string, unknown> = {}
    for (const { name, value } of all.all()) {
      const field = name in zSettings.shape ? zSettings.shape[name as keyof Settings] : undefined
      // a value that this version does not know (a theme of a newer one) reads as the default
      const known = field?.safeParse(JSON.parse(value))
      if (known?.success) stored[name] = known.data
    }
    return zSettings.parse(stored)
  }
  return {
    get,
    set: (changes) =>
      db.transaction(() => {
        for (const [name, value] of Object.entries(changes))
          if (value !== undefined) put.run(name, JSON.stringify(value))
        return get()
      })(),
    reset: (names) =>
      db.transaction(() => {
        for (const name of names) remove.run(name)
        return get()
      })(),
  }
}

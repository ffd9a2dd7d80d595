// What the person prefers, at hand before the engine answers: the settings capability owns it, the browser keeps the
// last known copy so that the first paint has the right theme and language.

import { create } from 'zustand'
import type { Settings } from '../../shared/contract/settings.ts'

export type Preferences = Pick<Settings, 'theme' | 'contrast' | 'language' | 'zone' | 'density' | 'bytes' | 'durations'>
export type Language = 'en' | 'zh-CN'

const KEY = 'watchdeck.preferences'
const DEFAULTS: Preferences = {
  theme: 'system',
  contrast: 'system',
  language: 'system',
  zone: 'local',
  density: 'normal',
  bytes: 'iec',
  durations: 'auto',
}

function remembered(): Preferences {
  if (typeof localStorage === 'undefined') return DEFAULTS
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof stored === 'object' && stored !== null ? { ...DEFAULTS, ...stored } : DEFAULTS
  } catch {
    // a damaged copy is worth nothing; the engine has the real one
    return DEFAULTS
  }
}

export const usePreferences = create<Preferences>()(remembered)

/** Takes over what the engine says; the page follows at once. */
export function adoptPreferences(next: Partial<Preferences>): void {
  usePreferences.setState(next)
  const { theme, contrast, language, zone, density, bytes, durations } = usePreferences.getState()
  if (typeof localStorage !== 'undefined')
    localStorage.setItem(KEY, JSON.stringify({ theme, contrast, language, zone, density, bytes, durations }))
}

/** The language to speak: the chosen one, or the system's where it is Chinese, else English. */
export function resolveLanguage(choice: Preferences['language'], system: readonly string[]): Language {
  if (choice !== 'system') return choice
  for (const tag of system) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

export function useLanguage(): Language {
  const choice = usePreferences((p) => p.language)
  return resolveLanguage(choice, typeof navigator === 'undefined' ? [] : navigator.languages)
}

// Puts theme, density and language on the document, follows the system where asked, and gives canvases the token values.

import { useSyncExternalStore } from 'react'
import { disposable } from '../../shared/base/disposable.ts'
import { resolveLanguage, usePreferences } from '../lib/preferences.ts'

export type ThemeName = 'dark' | 'light'

const systemLight = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: light)')

export function currentTheme(): ThemeName {
  const choice = usePreferences.getState().theme
  if (choice !== 'system') return choice
  return systemLight().matches ? 'light' : 'dark'
}

function apply(): void {
  const { density, language } = usePreferences.getState()
  const root = document.documentElement
  root.dataset['theme'] = currentTheme()
  root.dataset['density'] = density
  root.lang = resolveLanguage(language, navigator.languages)
  tokenCache.clear()
  for (const listener of listeners) listener()
}

const listeners = new Set<() => void>()
const tokenCache = new Map<string, string>()

/** Follows preferences and system until disposed. */
export function startTheme(): Disposable {
  const media = systemLight()
  const unsubscribe = usePreferences.subscribe(apply)
  media.addEventListener('change', apply)
  apply()
  return disposable(() => {
    unsubscribe()
    media.removeEventListener('change', apply)
  })
}

/** The theme in force; a component that paints on canvas redraws when it changes. */
export function useTheme(): ThemeName {
  return useSyncExternalStore(subscribeTheme, currentTheme)
}

export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The value of a token such as `--n6` in the theme in force, for canvases. */
export function token(name: `--${string}`): string {
  let value = tokenCache.get(name)
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    tokenCache.set(name, value)
  }
  return value
}

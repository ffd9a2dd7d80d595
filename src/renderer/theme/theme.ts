// Puts theme, contrast, density and language on the document, follows the system where asked, and gives canvases the token values.

import { useSyncExternalStore } from 'react'
import { disposable } from '../../shared/base/disposable.ts'
import { resolveLanguage, usePreferences } from '../lib/preferences.ts'
import { assignColours, variableOf } from './service-colours.ts'

export type ThemeName = 'dark' | 'light'

const systemLight = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: light)')

export function currentTheme(): ThemeName {
  const choice = usePreferences.getState().theme
  if (choice !== 'system') return choice
  return systemLight().matches ? 'light' : 'dark'
}

const systemContrast = (): MediaQueryList[] =>
  ['(prefers-contrast: more)', '(forced-colors: active)'].map((query) => window.matchMedia(query))

/** High where chosen, or where nothing is chosen and the system asks for more contrast or forces its own colours. */
function currentContrast(): 'normal' | 'high' {
  const choice = usePreferences.getState().contrast
  if (choice !== 'system') return choice
  return systemContrast().some((media) => media.matches) ? 'high' : 'normal'
}

function apply(): void {
  const { density, language } = usePreferences.getState()
  const root = document.documentElement
  root.dataset['theme'] = currentTheme()
  root.dataset['contrast'] = currentContrast()
  root.dataset['density'] = density
  root.lang = resolveLanguage(language, navigator.languages)
  changed()
}

/** Colours were put on the document: everything that holds their values reads them again. */
function changed(): void {
  tokenCache.clear()
  version++
  for (const listener of listeners) listener()
}

let version = 0
let coloured: ReadonlyMap<string, number> = new Map()

/** Gives each service of the data its colour; the same names again change nothing. */
export function colourServices(names: readonly string[]): void {
  const next = assignColours(names)
  if (next.size === coloured.size && [...next].every(([name, place]) => coloured.get(name) === place)) return
  const { style } = document.documentElement
  for (const name of coloured.keys()) if (!next.has(name)) style.removeProperty(variableOf(name))
  for (const [name, place] of next) style.setProperty(variableOf(name), `var(--cat-${place + 1})`)
  coloured = next
  changed()
}

const listeners = new Set<() => void>()
const tokenCache = new Map<string, string>()

/** Follows preferences and system until disposed. */
export function startTheme(): Disposable {
  const media = [systemLight(), ...systemContrast()]
  const unsubscribe = usePreferences.subscribe(apply)
  for (const each of media) each.addEventListener('change', apply)
  apply()
  return disposable(() => {
    unsubscribe()
    for (const each of media) each.removeEventListener('change', apply)
  })
}

/** The colours in force, by name and count of changes; a component that paints on canvas redraws when it changes. */
export function useTheme(): string {
  return useSyncExternalStore(subscribeTheme, () => `${currentTheme()} ${version}`)
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

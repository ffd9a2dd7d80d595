// Colours that carry meaning: services by name, levels and states by name, quantities by a viridis scale.

import { token } from './theme.ts'
import { HUES, variableOf, wantedColour } from './service-colours.ts'

/** For CSS: follows by itself when the services of the data become known. */
export const categoryVar = (name: string): string => `var(${variableOf(name)}, var(--cat-${wantedColour(name) + 1}))`

/** For canvases: the value in the theme in force; `useTheme` and `subscribeTheme` tell when to paint again. */
export const categoryColour = (name: string): string =>
  token(variableOf(name)) || token(`--cat-${wantedColour(name) + 1}`)

/** Colour of the n-th of several series that have no name of their own to hash. */
export const seriesColour = (index: number): string => token(`--cat-${(((index % HUES) + HUES) % HUES) + 1}`)

export type Tone = 'ok' | 'note' | 'warning' | 'critical' | 'neutral'

const LEVEL_TONE: Record<string, Tone> = {
  trace: 'neutral',
  debug: 'neutral',
  info: 'note',
  warn: 'warning',
  warning: 'warning',
  error: 'critical',
  fatal: 'critical',
}
export const toneOfLevel = (level: string): Tone => LEVEL_TONE[level.toLowerCase()] ?? 'neutral'

export const toneVar = (tone: Tone): string => (tone === 'neutral' ? 'var(--n9)' : `var(--${tone})`)
export const toneColour = (tone: Tone): string => token(tone === 'neutral' ? '--n9' : `--${tone}`)

/** Nine samples of matplotlib's viridis (CC0); perceptually even, safe for colour-blind eyes. */
export const VIRIDIS = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
] as const

const VIRIDIS_RGB = VIRIDIS.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)))

/** `share` 0..1 on the viridis scale as [r, g, b], 0..255. */
export function viridis(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS_RGB.length - 1)
  const low = VIRIDIS_RGB[Math.floor(at)] as number[]
  const high = VIRIDIS_RGB[Math.ceil(at)] as number[]
  const part = at - Math.floor(at)
  const mix = (i: number): number => Math.round((low[i] as number) * (1 - part) + (high[i] as number) * part)
  return [mix(0), mix(1), mix(2)]
}

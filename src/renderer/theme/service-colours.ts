// One colour for each service, the same everywhere: its hash names the place it would like, and where two services of the
// data at hand want the same one the second takes the next that is free. So neighbours in a trace differ, and a service
// keeps its colour whatever is filtered, ranked or zoomed.

import { hash32 } from '../../shared/base/hash.ts'

/** hues that colour-blind eyes tell apart; each comes in two shades for more services than hues */
export const HUES = 8
const SHADES = 2 * HUES
/** odd, so that it visits every place; not a multiple of the hues, so that it leaves the hue at once */
const STEP = 5

/** 0..15 without knowing the other services: never the second shades, so that few services are easiest to tell apart. */
export const wantedColour = (name: string): number => hash32(name) % HUES

/** Name to 0..15. No two share one before all are taken; any order of the same names gives the same answer. */
export function assignColours(names: Iterable<string>): ReadonlyMap<string, number> {
  const all = [...new Set(names)].filter((name) => name !== '')
  all.sort((a, b) => hash32(a) - hash32(b) || (a < b ? -1 : 1))
  const places = all.length <= HUES ? HUES : SHADES
  const taken = Array.from({ length: places }, () => 0)
  const out = new Map<string, number>()
  for (const [index, name] of all.entries()) {
    const round = Math.floor(index / places)
    let place = hash32(name) % places
    while ((taken[place] ?? 0) > round) place = (place + STEP) % places
    taken[place] = (taken[place] ?? 0) + 1
    out.set(name, place)
  }
  return out
}

/** The CSS variable of a name: names may hold anything, so it is called by its hash. */
export const variableOf = (name: string): `--${string}` => `--service-${hash32(name).toString(16)}`

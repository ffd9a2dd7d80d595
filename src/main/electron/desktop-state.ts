// What the desktop shell remembers of itself: where windows were, whether it stays in the tray. A small file of its own;
// damaged or strange, it is as if it were not there.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const zBounds = z.object({
  x: z.number().int().min(-100_000).max(100_000),
  y: z.number().int().min(-100_000).max(100_000),
  width: z.number().int().min(1).max(100_000),
  height: z.number().int().min(1).max(100_000),
})
export type Bounds = z.output<typeof zBounds>

const zState = z.object({
  window: zBounds.extend({ maximized: z.boolean() }).optional().catch(undefined),
  tray: z.boolean().default(false).catch(false),
})
export type DesktopState = z.output<typeof zState>

export const NO_STATE: DesktopState = { tray: false }
export const statePath = (dataDir: string): string => join(dataDir, 'desktop.json')

export function readState(path: string): DesktopState {
  try {
    const found = zState.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return found.success ? found.data : NO_STATE
  } catch (error) {
    // not there yet, or cut off while it was written
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return NO_STATE
    throw error
  }
}

/** Best effort: a place that cannot be remembered is no reason to trouble anybody. False when it could not be written. */
export function writeState(path: string, state: DesktopState): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${path}.new`, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

const DEFAULT = { width: 1440, height: 900 }
const MIN = { width: 960, height: 600 }
/** so much of a title bar must be on a screen to be caught with the mouse */
const GRIP = 80
const CASCADE = 32

export interface Place {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

/**
 * Where a window opens: as the last one was when that is still on a screen, else centred by the system; each further
 * window a little lower right, never larger than its screen. `screens` are work areas in DIP.
 */
export function placeWindow(last: Bounds | undefined, screens: readonly Bounds[], open: number): Place {
  const screen = last && screens.find((area) => gripIsOn(last, area))
  if (!last || !screen) {
    const [first] = screens
    return {
      width: Math.min(DEFAULT.width, first?.width ?? DEFAULT.width),
      height: Math.min(DEFAULT.height, first?.height ?? DEFAULT.height),
    }
  }
  const width = Math.min(Math.max(last.width, MIN.width), screen.width)
  const height = Math.min(Math.max(last.height, MIN.height), screen.height)
  const step = (open % 8) * CASCADE
  const inside = (at: number, low: number, room: number) => Math.max(low, Math.min(at, low + room))
  return {
    x: inside(last.x + step, screen.x - width + GRIP, screen.width + width - 2 * GRIP),
    y: inside(last.y + step, screen.y, screen.height - GRIP),
    width,
    height,
  }
}

function gripIsOn(window: Bounds, area: Bounds): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return across >= GRIP && window.y >= area.y && window.y <= area.y + area.height - GRIP / 2
}

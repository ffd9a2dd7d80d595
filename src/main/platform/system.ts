// The system's clock and the usual data folder, without the vault: a command line that only asks an engine needs no more.

import { homedir } from 'node:os'
import { posix, resolve, win32 } from 'node:path'
import { asEpochNs } from '../../shared/base/time.ts'
import type { Clock } from './platform.ts'

/** Epoch nanoseconds: the wall clock's millisecond, refined by the monotonic clock so that two readings rarely tie. */
export const systemClock: Clock = {
  now() {
    const ms = performance.timeOrigin + performance.now()
    const wall = Date.now()
    // the monotonic clock stands still while a laptop sleeps and ignores corrections: the wall clock wins
    const exact = Math.abs(ms - wall) < 2 ? ms : wall
    const whole = Math.floor(exact)
    return asEpochNs(BigInt(whole) * 1_000_000n + BigInt(Math.round((exact - whole) * 1e6)))
  },
}

export interface PlaceOptions {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  home: string
}

/**
 * Where the data folder is when nobody says otherwise: `WATCHDECK_DATA_DIR`, else `$XDG_DATA_HOME/watchdeck`
 * (Linux), `~/Library/Application Support/Watchdeck` (macOS), `%LOCALAPPDATA%\Watchdeck` (Windows).
 */
export function defaultDataDir(
  options: PlaceOptions = { platform: process.platform, env: process.env, home: homedir() },
): string {
  const { platform, env, home } = options
  if (env['WATCHDECK_DATA_DIR']) return resolve(env['WATCHDECK_DATA_DIR'])
  if (platform === 'win32') return win32.join(env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'Watchdeck')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Watchdeck')
  const xdg = env['XDG_DATA_HOME']
  // the specification tells to ignore a relative path
  return posix.join(xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'), 'watchdeck')
}

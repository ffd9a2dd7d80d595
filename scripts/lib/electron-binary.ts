// Electron's binary for `npm start`: is it there, and if not, may it be fetched in the background for the next start. A fetch
// that failed is remembered for that version and never tried again by itself.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface ElectronPlaces {
  /** the package in node_modules */
  readonly home: string
  /** names the version whose binary could not be fetched */
  readonly failed: string
}

/** Electron's program as its package names it once it has been fetched (`npx install-electron`). */
export function electronBinary({ home }: ElectronPlaces): string | undefined {
  const note = join(home, 'path.txt')
  if (!existsSync(note)) return undefined
  const binary = join(home, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

function versionOf(home: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return String(version)
}

const hasFailed = ({ home, failed }: ElectronPlaces): boolean =>
  existsSync(failed) && readFileSync(failed, 'utf8').trim() === versionOf(home)

/**
 * In the background, for the next start; ends with this program. Undefined when it is not tried; resolves with whether it
 * was fetched.
 */
export function fetchElectron(
  places: ElectronPlaces,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean> | undefined {
  const { home, failed } = places
  const script = join(home, 'install.js')
  if (!existsSync(script) || env['CI'] || env['WATCHDECK_NO_FETCH'] || hasFailed(places)) return undefined
  const fetching = spawn(process.execPath, [script], { cwd: home, stdio: 'ignore' })
  fetching.unref()
  const end = () => void fetching.kill()
  process.once('exit', end)
  return new Promise((resolve) =>
    fetching.once('exit', (code) => {
      process.removeListener('exit', end)
      // one that was ended from outside has not failed
      if (code !== 0 && code !== null) {
        mkdirSync(dirname(failed), { recursive: true })
        writeFileSync(failed, `${versionOf(home)}\n`)
      }
      resolve(code === 0)
    }),
  )
}

// A Chromium for the end-to-end tests: one that is installed, else one that can be. Its path, or why there is none.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { run } from './run.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

function installed(): string | undefined {
  const given = process.env['CHROME_PATH']
  if (given) return existsSync(given) ? given : undefined
  for (const name of NAMES) {
    for (const folder of (process.env['PATH'] ?? '').split(':'))
      if (existsSync(`${folder}/${name}`)) return `${folder}/${name}`
  }
  return [...PLACES, chromium.executablePath()].find((path) => existsSync(path))
}

function isRootOnDebian(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** @throws Error that says what to install */
export async function findBrowser(): Promise<string> {
  const found = installed()
  if (found) return found
  if (isRootOnDebian()) {
    process.stderr.write('No Chromium: installing it with apt-get ..\n')
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], {
      stdio: 'inherit',
    })
  } else await run({ name: 'browser', command: 'playwright', args: ['install', 'chromium'] }, { echo: true })
  const now = installed()
  if (now) return now
  throw new Error('The end-to-end tests need a browser: install Chromium or Chrome, or set CHROME_PATH to one.')
}

// `npm run test:live`: tests against real servers, whose addresses are in WATCHDECK_LIVE_* (CONTRIBUTING.md says how the lab
// gives them). Every part that is skipped for want of one is named.

import { existsSync, globSync } from 'node:fs'
import { findBrowser } from './lib/browser.ts'
import { ensureBuilt } from './lib/out.ts'
import { ROOT, run } from './lib/run.ts'

const NAMES = ['PROMETHEUS', 'PROMETHEUS2', 'ALERTMANAGER', 'JAEGER', 'ZIPKIN', 'SSH'].map(
  (name) => `WATCHDECK_LIVE_${name}`,
)
const missing = NAMES.filter((name) => !process.env[name])
const say = (line: string) => process.stdout.write(`${line}\n`)

for (const name of missing) say(`Skipped: what needs ${name}, which is not set.`)
if (missing.length === NAMES.length) {
  say('No live server is known: nothing was tested.')
  process.exit(0)
}
let failed = false
const attempt = async (name: string, command: string, args: string[], env: Record<string, string> = {}) => {
  const { code } = await run({ name, command, args }, { echo: true, env })
  failed ||= code !== 0
}
await attempt('live', 'vitest', ['run', '-c', 'vitest.live.config.ts'])
if (globSync('test/live/**/*.spec.ts', { cwd: ROOT }).length > 0 && existsSync('playwright.live.config.ts')) {
  if (!(await ensureBuilt())) throw new Error('The build failed.')
  await attempt('live stories', 'playwright', ['test', '-c', 'playwright.live.config.ts'], {
    CHROME_PATH: await findBrowser(),
  })
}
process.exit(failed ? 1 : 0)

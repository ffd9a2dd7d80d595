// `npm run test:live`: tests against real servers, whose addresses are in WATCHDECK_LIVE_* (CONTRIBUTING.md says how the lab
// gives them). Every part that is skipped for want of one is named.

import { ensureBuilt } from './lib/out.ts'
import { tally } from './lib/tally.ts'

const NAMES = ['PROMETHEUS', 'PROMETHEUS2', 'ALERTMANAGER', 'JAEGER', 'ZIPKIN', 'SSH'].map(
  (name) => `WATCHDECK_LIVE_${name}`,
)
const missing = NAMES.filter((name) => !process.env[name])

for (const name of missing) process.stdout.write(`Skipped: what needs ${name}, which is not set.\n`)
const { vitest, playwright, part, close } = tally()
await part('live', () => vitest(['-c', 'vitest.live.config.ts']))
// what needs no server (a program with an SDK that sends to Watchdeck) runs all the same
if (missing.length === NAMES.length) process.stdout.write('Skipped: the live stories, no live server is known.\n')
else
  await part('live stories', async () => {
    if (!(await ensureBuilt())) throw new Error('The build failed.')
    await playwright(['-c', 'playwright.live.config.ts'])
  })
close()

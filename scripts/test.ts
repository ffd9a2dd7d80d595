// `npm test`: build, unit, conformance and security tests (vitest), end-to-end stories (Playwright). It closes with one
// plain line that sums them all; anything that failed, or could not run, makes it end with 1.

import { ensureBuilt } from './lib/out.ts'
import { tally } from './lib/tally.ts'

const { vitest, playwright, part, close } = tally()
await part('build', async () => {
  if (!(await ensureBuilt())) throw new Error('The build failed.')
})
await part('unit, conformance, security, Electron shell', () => vitest())
process.stdout.write('The Electron shell ran against the stand-in of test/electron, not under Electron.\n')
await part('end to end', () => playwright())
close()

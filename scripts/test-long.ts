// `npm run test:long`: the cases of durability and security in full, where `npm test` takes a few that a seed chooses, and
// the page that stays open for eight hours. WATCHDECK_SEED repeats a run; the seed stands in the name of each test.

import { ensureBuilt } from './lib/out.ts'
import { run } from './lib/run.ts'

const folders = process.argv.slice(2)
const env = { WATCHDECK_LONG: '1' }
const { code } = await run(
  {
    name: 'long tests',
    command: 'vitest',
    args: ['run', '--testTimeout=3600000', ...(folders.length > 0 ? folders : ['test/durability', 'test/security'])],
  },
  { echo: true, env },
)
const page =
  folders.length > 0
    ? undefined
    : (await ensureBuilt())
      ? await run(
          { name: 'page open for eight hours', command: 'playwright', args: ['test', 'test/e2e/long-open.spec.ts'] },
          { echo: true, env },
        )
      : { code: 1 }
process.exit(code === 0 ? (page?.code ?? 0) : code)

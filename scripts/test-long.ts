// `npm run test:long`: the cases of durability and security in full, where `npm test` takes a few that a seed chooses.
// WATCHDECK_SEED repeats a run; the seed stands in the name of each test.

import { run } from './lib/run.ts'

const folders = process.argv.slice(2)
const { code } = await run(
  {
    name: 'long tests',
    command: 'vitest',
    args: ['run', '--testTimeout=3600000', ...(folders.length > 0 ? folders : ['test/durability', 'test/security'])],
  },
  { echo: true, env: { WATCHDECK_LONG: '1' } },
)
process.exit(code)

// Runs every promqltest script of a folder against the evaluator: `npm run test:promql -- DIR`.
// Prints each failure, each refused construct once with its count, and `N passed, N failed, N refused`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judge } from './promqltest/judge.ts'
import { readScript } from './promqltest/script.ts'
import { ScriptStorage } from './promqltest/storage.ts'

const dir = process.argv[2]
if (dir === undefined) {
  process.stderr.write('usage: npm run test:promql -- DIR\n')
  process.exit(2)
}

const totals = { passed: 0, failed: 0, refused: 0 }
const refusals = new Map<string, number>()
for (const file of readdirSync(dir)
  .filter((name) => name.endsWith('.test'))
  .sort()) {
  let storage = new ScriptStorage()
  const counts = { passed: 0, failed: 0, refused: 0 }
  for (const command of readScript(readFileSync(join(dir, file), 'utf8'))) {
    if (command.kind === 'clear') storage = new ScriptStorage()
    else if (command.kind === 'load') storage.load(command)
    else {
      const verdict = await judge(command, storage)
      counts[verdict.outcome]++
      totals[verdict.outcome]++
      if (verdict.outcome === 'failed')
        process.stdout.write(`${file}:${command.line}: ${command.query}\n    ${verdict.why}\n`)
      if (verdict.outcome === 'refused') refusals.set(verdict.why, (refusals.get(verdict.why) ?? 0) + 1)
    }
  }
  process.stdout.write(`${file}: ${counts.passed} passed, ${counts.failed} failed, ${counts.refused} refused\n`)
}
for (const [why, count] of refusals) process.stdout.write(`refused ${count} x: ${why}\n`)
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.refused} refused\n`)
process.exit(totals.failed > 0 ? 1 : 0)

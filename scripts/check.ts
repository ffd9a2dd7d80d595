// `npm run check`: everything that can be known without running the program, in under a minute. Each line says what was
// looked at; what failed is printed in full below.

import { runAll } from './lib/run.ts'

const script = (name: string, ...args: string[]) => ({ command: 'node', args: [`scripts/${name}.ts`, ...args] })
const started = performance.now()
const results = await runAll([
  { name: 'types', ...script('check-types') },
  {
    name: 'lint and format',
    command: 'biome',
    args: ['ci', '--error-on-warnings', '--colors=off', '--max-diagnostics=50'],
  },
  { name: 'import rules', ...script('check-imports') },
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress'] },
  { name: 'catalogue parity', ...script('check-i18n') },
  { name: 'ratchet of escapes', ...script('check-ratchet') },
  { name: 'lock file is whole', ...script('lock') },
  { name: 'docs/contract.md is current', ...script('generate-contract-doc', '--check') },
  { name: 'audit of dependencies', ...script('check-audit') },
])
/** What a check that passed still has to say. */
const noteOf = (output: string) => /^note: (.*)$/m.exec(output)?.[1]
for (const { name, code, ms, output } of results) {
  const note = noteOf(output)
  const told = note === undefined ? '' : `: ${note}`
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name}${told}  ${(ms / 1000).toFixed(1)} s\n`)
}
for (const { name, code, output } of results)
  if (code !== 0) process.stdout.write(`\n--- ${name}\n${output.slice(0, 20_000)}\n`)
const failed = results.filter((r) => r.code !== 0).length
process.stdout.write(
  `${results.length - failed} of ${results.length} checks passed in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
)
process.exit(failed === 0 ? 0 : 1)

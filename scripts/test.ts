// `npm test`: build, unit, conformance and security tests (vitest), end-to-end stories (Playwright). It closes with one
// plain line that sums them all; anything that failed, or could not run, makes it end with 1.

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from './lib/browser.ts'
import { ensureBuilt } from './lib/out.ts'
import { ROOT, run } from './lib/run.ts'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

const total: Tally = { passed: 0, failed: 0, skipped: 0 }
const reports = mkdtempSync(join(tmpdir(), 'watchdeck-test-'))
const say = (line: string) => process.stdout.write(`${line}\n`)

function read(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
}
const number = (value: unknown) => (typeof value === 'number' ? value : 0)

async function vitest(): Promise<void> {
  const file = join(reports, 'vitest.json')
  const { code } = await run(
    {
      name: 'vitest',
      command: 'vitest',
      args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    },
    { echo: true },
  )
  const found = read(file)
  total.passed += number(found?.['numPassedTests'])
  total.skipped += number(found?.['numPendingTests']) + number(found?.['numTodoTests'])
  const failed = number(found?.['numFailedTests'])
  // a file that could not be loaded has no failed tests of its own
  total.failed += code !== 0 && failed === 0 ? Math.max(1, number(found?.['numFailedTestSuites'])) : failed
}

async function playwright(): Promise<void> {
  if (globSync('test/e2e/**/*.spec.ts', { cwd: ROOT }).length === 0) {
    say('There are no end-to-end stories.')
    return
  }
  const browser = await findBrowser()
  const file = join(reports, 'playwright.json')
  const { code } = await run(
    { name: 'playwright', command: 'playwright', args: ['test', '--reporter=list,json'] },
    { echo: true, env: { CHROME_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: file } },
  )
  const stats = read(file)?.['stats']
  const of = (name: string) =>
    typeof stats === 'object' && stats !== null && name in stats ? number(Reflect.get(stats, name)) : 0
  total.passed += of('expected') + of('flaky')
  total.skipped += of('skipped')
  const failed = of('unexpected')
  total.failed += code !== 0 && failed === 0 ? 1 : failed
}

async function part(name: string, work: () => Promise<void>): Promise<void> {
  say(`\n== ${name}`)
  try {
    await work()
  } catch (error) {
    total.failed += 1
    say(error instanceof Error ? error.message : String(error))
  }
}

await part('build', async () => {
  if (!(await ensureBuilt())) throw new Error('The build failed.')
})
await part('unit, conformance, security, Electron shell', vitest)
say('The Electron shell ran against the stand-in of test/electron, not under Electron.')
await part('end to end', playwright)
rmSync(reports, { recursive: true, force: true })
if (total.passed === 0) total.failed += 1
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

// Runs of vitest and Playwright, counted: what `npm test` and `npm run test:live` sum up in their last line.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from './browser.ts'
import { run } from './run.ts'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

function read(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
}
const number = (value: unknown) => (typeof value === 'number' ? value : 0)

/** The runs of one command, one after another; `close` prints `N passed, N failed, N skipped` and ends the process. */
export function tally() {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 }
  const reports = mkdtempSync(join(tmpdir(), 'watchdeck-test-'))

  async function vitest(args: string[] = []): Promise<void> {
    const file = join(reports, 'vitest.json')
    const { code } = await run(
      {
        name: 'vitest',
        command: 'vitest',
        args: ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
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

  async function playwright(args: string[] = []): Promise<void> {
    const file = join(reports, 'playwright.json')
    const { code } = await run(
      { name: 'playwright', command: 'playwright', args: ['test', ...args, '--reporter=list,json'] },
      { echo: true, env: { CHROME_PATH: await findBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: file } },
    )
    const stats = read(file)?.['stats']
    const of = (name: string) =>
      typeof stats === 'object' && stats !== null && name in stats ? number(Reflect.get(stats, name)) : 0
    total.passed += of('expected') + of('flaky')
    total.skipped += of('skipped')
    const failed = of('unexpected')
    total.failed += code !== 0 && failed === 0 ? 1 : failed
  }

  /** A part that could not run at all counts as one failure, and the rest goes on. */
  async function part(name: string, work: () => Promise<void>): Promise<void> {
    process.stdout.write(`\n== ${name}\n`)
    try {
      await work()
    } catch (error) {
      total.failed += 1
      process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }

  function close(): never {
    rmSync(reports, { recursive: true, force: true })
    if (total.passed === 0) total.failed += 1
    process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
    process.exit(total.failed === 0 ? 0 : 1)
  }
  return { vitest, playwright, part, close }
}

// `npm audit` of what is shipped, as a check that never fails for want of a network: a registry that cannot be reached, or
// has no audit, is told in the check's line. Known holes of high or critical weight fail it.

import { spawn } from 'node:child_process'
import { ROOT } from './lib/run.ts'

const WAIT_MS = 20_000

interface Found {
  readonly stdout: string
  readonly late: boolean
}

/** npm asks the registry that this machine is set to, and no other. */
function ask(): Promise<Found> {
  return new Promise((done) => {
    const child = spawn('npm', ['audit', '--json', '--omit=dev', '--fetch-retries=0', `--fetch-timeout=${WAIT_MS}`], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    })
    let stdout = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, WAIT_MS)
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    const end = () => {
      clearTimeout(timer)
      done({ stdout, late })
    }
    child.on('error', end)
    child.on('close', end)
  })
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function countsOf(report: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  const metadata = report?.['metadata']
  if (typeof metadata !== 'object' || metadata === null || !('vulnerabilities' in metadata)) return undefined
  const { vulnerabilities } = metadata
  return typeof vulnerabilities === 'object' && vulnerabilities !== null ? { ...vulnerabilities } : undefined
}

const { stdout, late } = await ask()
const report = parsed(stdout)
const counts = countsOf(report)
if (counts === undefined) {
  const why = late ? 'the registry did not answer in time' : 'the registry cannot be reached or has no audit'
  process.stdout.write(`note: not asked, ${why}\n`)
} else {
  const number = (name: string) => Number(counts[name] ?? 0)
  const grave = number('high') + number('critical')
  const total = number('total')
  process.stdout.write(`note: ${total === 0 ? 'nothing known' : `${total} known, ${grave} of them grave`}\n`)
  if (grave > 0) {
    process.stdout.write(`${JSON.stringify(report?.['vulnerabilities'], null, 1)}\n`)
    process.exitCode = 1
  }
}

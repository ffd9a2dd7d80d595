// Builds everything beside out/ and puts it there only when it is whole: a build that fails leaves the last good one.

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Result, ROOT, run } from './run.ts'

export async function build(): Promise<Result> {
  const home = join(ROOT, '.cache', `build-${process.pid}`)
  const next = join(home, 'next')
  const last = join(home, 'last')
  const out = join(ROOT, 'out')
  mkdirSync(home, { recursive: true })
  try {
    const built = await run(
      { name: 'build', command: 'electron-vite', args: ['build', '--logLevel', 'warn'] },
      { env: { WATCHDECK_OUT: next } },
    )
    if (built.code !== 0) return built
    moveAway(out, last)
    renameSync(next, out)
    return built
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    // the first build of a checkout
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

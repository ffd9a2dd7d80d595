// Is out/ there, and newer than everything it is made from?

import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'
import { ROOT } from './run.ts'

const MADE_FROM = ['src/**/*', 'package.json', 'electron.vite.config.ts', 'resources/**/*']
const MADE = ['out/main/cli.js', 'out/main/serve.js', 'out/preload/index.cjs', 'out/renderer/index.html']

export function isBuilt(): boolean {
  if (MADE.some((path) => !existsSync(join(ROOT, path)))) return false
  const made = Math.min(...MADE.map((path) => statSync(join(ROOT, path)).mtimeMs))
  return globSync(MADE_FROM, { cwd: ROOT }).every((path) => statSync(join(ROOT, path)).mtimeMs <= made)
}

/** Builds when out/ is missing or older than its sources. Answers with false when the build failed. */
export async function ensureBuilt(): Promise<boolean> {
  if (isBuilt()) return true
  process.stderr.write('Building Watchdeck ..\n')
  const built = await build()
  if (built.code !== 0) process.stderr.write(built.output)
  return built.code === 0
}

// `npm start`: the desktop window where Electron's binary is there, else the browser shell. `-- --demo` opens the demo.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './lib/out.ts'
import { ENV, ROOT } from './lib/run.ts'

/** Electron's program as its package names it once it has been fetched (`npx install-electron`). */
function electronBinary(): string | undefined {
  const home = join(ROOT, 'node_modules', 'electron')
  const note = join(home, 'path.txt')
  if (!existsSync(note)) return undefined
  const binary = join(home, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

if (!(await ensureBuilt())) process.exit(1)
const words = process.argv.slice(2)
const electron = electronBinary()
// the demo and a chosen port are the browser shell's words for now; the window opens them by its own buttons
const browser = electron === undefined || words.length > 0
if (electron === undefined)
  process.stderr.write(
    'Electron is not installed (npx install-electron fetches it): opening Watchdeck in the browser.\n',
  )
const child = browser
  ? spawn(process.execPath, [join(ROOT, 'out', 'main', 'cli.js'), 'serve', ...words], {
      cwd: ROOT,
      env: ENV,
      stdio: 'inherit',
    })
  : spawn(electron, [ROOT], { cwd: ROOT, env: ENV, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

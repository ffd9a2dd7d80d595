// `npm start`: the desktop window where Electron's binary is there, else the browser shell, at once: the binary is fetched
// beside it, and where that failed it is not tried again. `-- --demo` opens the demo, `-- FILE.watchdeck` an incident file.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

const HOME = join(ROOT, 'node_modules', 'electron')
/** names the version whose binary could not be fetched */
const FAILED = join(ROOT, '.cache', 'electron-fetch-failed')

function electronVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'))
  return String(version)
}

const fetchFailed = (): boolean => existsSync(FAILED) && readFileSync(FAILED, 'utf8').trim() === electronVersion()

/** In the background, for the next start; ends with this one. */
function fetchElectron(): void {
  const script = join(HOME, 'install.js')
  if (!existsSync(script) || process.env['CI'] || process.env['WATCHDECK_NO_FETCH'] || fetchFailed()) return
  const fetching = spawn(process.execPath, [script], { cwd: HOME, stdio: 'ignore' })
  fetching.unref()
  process.once('exit', () => fetching.kill())
  fetching.once('exit', (code) => {
    if (code === 0 || code === null) return
    mkdirSync(join(ROOT, '.cache'), { recursive: true })
    writeFileSync(FAILED, `${electronVersion()}\n`)
  })
}

if (!(await ensureBuilt())) process.exit(1)
const words = process.argv.slice(2)
const electron = electronBinary()
// words that only the browser shell knows say which one is meant
const browserWords = ['--no-open', '--port', '--host', '--allow-remote']
const asked = words.some((word) => browserWords.some((own) => word === own || word.startsWith(`${own}=`)))
const cli = join(ROOT, 'out', 'main', 'cli.js')
if (electron === undefined) {
  process.stderr.write(
    'Electron is not installed (npx install-electron fetches it): opening Watchdeck in the browser.\n',
  )
  fetchElectron()
}
const word = words.some((given) => given.toLowerCase().endsWith('.watchdeck')) ? 'open' : 'serve'
const child =
  electron === undefined || asked
    ? spawn(process.execPath, [cli, word, ...words], { cwd: ROOT, env: ENV, stdio: 'inherit' })
    : spawn(electron, [ROOT, ...words], { cwd: ROOT, env: ENV, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

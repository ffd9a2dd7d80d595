// `npm start`: the desktop window where Electron's binary is there, else the browser shell, at once: the binary is fetched
// beside it, and where that failed it is not tried again. `-- --demo` opens the demo, `-- FILE.watchdeck` an incident file.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { electronBinary, fetchElectron } from './lib/electron-binary.ts'
import { ensureBuilt } from './lib/out.ts'
import { ENV, ROOT } from './lib/run.ts'

const PLACES = {
  home: join(ROOT, 'node_modules', 'electron'),
  failed: join(ROOT, '.cache', 'electron-fetch-failed'),
}

if (!(await ensureBuilt())) process.exit(1)
const words = process.argv.slice(2)
const electron = electronBinary(PLACES)
// words that only the browser shell knows say which one is meant
const browserWords = ['--no-open', '--port', '--host', '--allow-remote']
const asked = words.some((word) => browserWords.some((own) => word === own || word.startsWith(`${own}=`)))
const cli = join(ROOT, 'out', 'main', 'cli.js')
if (electron === undefined) {
  process.stderr.write(
    'Electron is not installed (npx install-electron fetches it): opening Watchdeck in the browser.\n',
  )
  void fetchElectron(PLACES)
}
const word = words.some((given) => given.toLowerCase().endsWith('.watchdeck')) ? 'open' : 'serve'
const child =
  electron === undefined || asked
    ? spawn(process.execPath, [cli, word, ...words], { cwd: ROOT, env: ENV, stdio: 'inherit' })
    : spawn(electron, [ROOT, ...words], { cwd: ROOT, env: ENV, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

// After `npm ci` in a checkout: builds, and makes `npx watchdeck` find the program. Plain JavaScript, because npm may run
// it under an old Node; everything else runs under Node 24.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bins = join(root, 'node_modules', '.bin')

function link() {
  mkdirSync(bins, { recursive: true })
  if (process.platform === 'win32') {
    writeFileSync(join(bins, 'watchdeck.cmd'), '@node "%~dp0\\..\\..\\bin\\watchdeck.js" %*\r\n')
    return
  }
  const path = join(bins, 'watchdeck')
  rmSync(path, { force: true })
  symlinkSync('../../bin/watchdeck.js', path)
  chmodSync(join(root, 'bin', 'watchdeck.js'), 0o755)
}

// installed without development dependencies: nothing to build with
if (existsSync(join(root, 'node_modules', 'electron-vite'))) {
  link()
  const node = process.platform === 'win32' ? 'node.exe' : 'node'
  const packaged = join(bins, node)
  const built = spawnSync(
    existsSync(packaged) ? packaged : process.execPath,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  process.exit(built.status ?? 1)
}

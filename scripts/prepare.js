// After `npm ci` in a checkout: builds, and makes `npx watchdeck` find the program. Plain JavaScript, because npm may run
// it under an old Node; everything else runs under Node 24.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
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

/** The binary of the platform's Node package; undefined where there is none. */
function packagedNode() {
  const system = { win32: 'win' }[process.platform] ?? process.platform
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', name)
  return existsSync(path) ? path : undefined
}

/** npm 10 does not link it, npm 11 does: scripts find Node 24 first on their path. */
function linkNode(binary) {
  const path = join(bins, 'node')
  if (process.platform === 'win32' || existsSync(path)) return
  rmSync(path, { force: true })
  symlinkSync(relative(bins, binary), path)
}

// installed without development dependencies: nothing to build with
if (existsSync(join(root, 'node_modules', 'electron-vite'))) {
  link()
  const packaged = packagedNode()
  if (packaged) linkNode(packaged)
  else if (Number(process.versions.node.split('.')[0]) < 24) {
    process.stderr.write(`Watchdeck needs Node 24 or newer to build; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
  const runner = packaged ?? process.execPath
  const built = spawnSync(runner, [join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'inherit' })
  process.exit(built.status ?? 1)
}

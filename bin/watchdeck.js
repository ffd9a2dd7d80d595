#!/usr/bin/env node
// Starts the command line under Node 24: this one when it is new enough, else the one that came with the packages.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cli = join(root, 'out', 'main', 'cli.js')

function fail(message, hint) {
  const error = { code: 'unavailable', message, hint, retryable: false }
  process.stderr.write(`${JSON.stringify({ error })}\n`)
  process.exit(1)
}

/** The binary of the platform's Node package, an optional dependency. */
function packagedNode() {
  const system = { win32: 'win' }[process.platform] ?? process.platform
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/package.json`)
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

if (!existsSync(cli)) fail('Watchdeck is not built.', 'Run `npm run build` in its folder.')
else if (Number(process.versions.node.split('.')[0]) >= 24) await import(pathToFileURL(cli).href)
else {
  const node = packagedNode()
  if (!node) fail(`Watchdeck needs Node 24 or newer; this is ${process.versions.node}.`, 'Install Node 24.')
  else {
    const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
    // the terminal sends Ctrl-C to both; the child decides when it is over
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
    child.on('error', () => fail('The packaged Node could not be started.', 'Install Node 24.'))
  }
}

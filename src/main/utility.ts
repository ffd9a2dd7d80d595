// The engine's own process under Electron: one engine, one port per window, the owner's local socket for the command line.

import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WatchdeckError } from '../shared/base/errors.ts'
import { messagePortTransport, type PortLike } from '../shared/rpc/transports.ts'
import { listenLocally } from './cli/local-socket.ts'
import { createEngine } from './engine/engine.ts'
import { ALL_MODULES } from './modules.ts'
import { keychainSeal, remoteKeychain } from './platform/keychain-seal.ts'
import { nodePlatform } from './platform/node.ts'
import { makeForOwnerOnly } from './platform/owner-only.ts'
import { fileVault, vaultPath } from './platform/secrets.ts'
import { defaultDataDir } from './platform/system.ts'
import { VERSION } from './version.ts'

/** What Electron puts on `process` in a utility process. */
interface ParentPort {
  postMessage(message: unknown): void
  on(type: 'message', listener: (event: { data: unknown; ports: PortLike[] }) => void): void
}

function parentPort(): ParentPort {
  if ('parentPort' in process && process.parentPort) return process.parentPort as ParentPort
  throw new Error('assertion failed: this file runs as a utility process of Electron')
}

/** for the reason to arrive and the supervisor to act on it */
const REFUSED_MS = 2_000

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, keychain: { type: 'boolean' } } })
const parent = parentPort()
const early: PortLike[] = []
let take = (port: PortLike): void => void early.push(port)
let stop = (): void => process.exit(0)

const remote = remoteKeychain((request) => parent.postMessage(request))
// windows ask while the stores still open: their ports wait
parent.on('message', ({ data, ports }) => {
  if (remote.receive(data)) return
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
  if (type === 'connect') for (const port of ports) take(port)
  else if (type === 'stop') stop()
})

makeForOwnerOnly()
const dataDir = resolve(values['data-dir'] ?? defaultDataDir())
const platform = nodePlatform({
  shell: 'electron',
  version: VERSION,
  dataDir,
  ...(values.keychain === true
    ? { secrets: fileVault({ path: vaultPath(dataDir), seal: keychainSeal(remote.keychain) }) }
    : {}),
})
const engine = await createEngine({ platform, modules: ALL_MODULES }).catch(async (error: unknown) => {
  // a held folder or a broken store stays so: the supervisor tells the person, and ends this process
  if (error instanceof WatchdeckError && !error.retryable) {
    parent.postMessage({ type: 'refused', reason: [error.message, error.hint ?? ''].join('\n').trim() })
    await setTimeout(REFUSED_MS)
  }
  throw error
})
const local = await listenLocally({
  dataDir: platform.dataDir,
  connect: (transport) => engine.connect(transport, 'cli'),
})
engine.publishAddress(local.address)
take = (port) => void engine.connect(messagePortTransport(port), 'electron')
for (const port of early.splice(0)) take(port)
stop = () => {
  local
    .close()
    .then(() => engine.shutdown())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    )
}

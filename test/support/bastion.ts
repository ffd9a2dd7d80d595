// A bastion of our own in this process (the ssh2 library's server): which ways in it takes is said by the test, every
// connection and forwarding is counted, and it can be cut off. The lab's OpenSSH server is the other half (test/live).

import { generateKeyPairSync } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect, createServer as createNetServer, type AddressInfo, type Socket } from 'node:net'
import { rmSync } from 'node:fs'
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2'
import { fingerprint } from '../../src/main/connectors/common/ssh/known-hosts.ts'

export interface Bastion extends AsyncDisposable {
  readonly port: number
  /** SHA256:... as the person would have accepted it */
  readonly hostKey: string
  /** ways in that were tried, in order: `publickey ana`, `password ana`, ... */
  readonly tried: string[]
  /** `host:port` of each forwarding that was asked for */
  readonly forwarded: string[]
  readonly connections: () => number
  /** how many signs of life (keepalive@openssh.com) were read */
  readonly signs: () => number
  /** when the next of them is read */
  nextSign(): Promise<void>
  /** every connection is torn down, as by a network that went away */
  cut(): Promise<void>
  /** nothing more is read from the connections there are, and so nothing answered; new ones are as ever */
  freeze(): void
}

export interface BastionOptions {
  /** true lets in; called for each try that is more than a question */
  readonly lets: (context: AuthContext) => boolean | Promise<boolean>
}

/** A key of its own, made by Node: the library's generator writes an ed25519 key that it cannot read once in a while. */
export function newKey(passphrase?: string): { private: string; parsed: ParsedKey } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = { type: 'sec1', format: 'pem' } as const
  const text = String(privateKey.export(passphrase === undefined ? pem : { ...pem, cipher: 'aes-256-cbc', passphrase }))
  return { private: text, parsed: parsed(text, passphrase) }
}

export function parsed(key: string, passphrase?: string): ParsedKey {
  const found = ssh2.utils.parseKey(key, passphrase)
  if (found instanceof Error) throw found
  return found
}

/** True when the client owns the key: it names it, and where it signed, the signature is right. */
export function owns(context: AuthContext, key: ParsedKey): boolean {
  if (context.method !== 'publickey' || !context.key.data.equals(key.getPublicSSH())) return false
  return context.signature === undefined || context.blob === undefined
    ? context.signature === undefined
    : key.verify(context.blob, context.signature, context.hashAlgo) === true
}

export async function startBastion(options: BastionOptions): Promise<Bastion> {
  const host = newKey()
  const tried: string[] = []
  const forwarded: string[] = []
  const open = new Set<Connection>()
  const sockets = new Set<Socket>()
  const signs = new EventEmitter()
  let read = 0
  // the library answers them by itself and tells of them here alone
  const debug = (line: string): void => {
    if (!line.endsWith('Inbound: GLOBAL_REQUEST (keepalive@openssh.com)')) return
    read++
    signs.emit('sign')
  }
  const server = new ssh2.Server({ hostKeys: [host.private], debug }, (client) => {
    open.add(client)
    client.on('close', () => open.delete(client))
    // a cut connection is what some tests are about
    client.on('error', () => open.delete(client))
    client.on('authentication', (context) => {
      tried.push(`${context.method} ${context.username}`)
      void Promise.resolve(options.lets(context)).then((yes) => (yes ? context.accept() : context.reject()))
    })
    client.on('tcpip', (accept, reject, info) => {
      forwarded.push(`${info.destIP}:${info.destPort}`)
      const socket = connect(info.destPort, info.destIP)
      socket.once('connect', () => {
        const channel = accept()
        channel.on('error', () => socket.destroy())
        socket.on('error', () => channel.destroy())
        channel.pipe(socket).pipe(channel)
      })
      socket.once('error', () => reject())
    })
  })
  const listener = createNetServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    server.injectSocket(socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return {
    port,
    hostKey: fingerprint(host.parsed.getPublicSSH()),
    tried,
    forwarded,
    connections: () => open.size,
    signs: () => read,
    nextSign: async () => void (await once(signs, 'sign')),
    async cut() {
      const gone = [...open].map((client) => once(client, 'close'))
      for (const client of open) client.end()
      await Promise.all(gone)
    },
    freeze() {
      for (const socket of sockets) socket.pause()
    },
    async [Symbol.asyncDispose]() {
      for (const client of open) client.end()
      // one that reads nothing does not see its end
      for (const socket of sockets) if (socket.isPaused()) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** An SSH agent that holds one key, on a socket at `path`. */
export async function startAgent(path: string, key: ParsedKey): Promise<AsyncDisposable & { signed: () => number }> {
  let signed = 0
  const server = createNetServer((socket) => {
    const agent = new ssh2.AgentProtocol(false)
    agent.on('identities', (request) => agent.getIdentitiesReply(request, [key]))
    agent.on('sign', (request, _public, data, settings) => {
      signed++
      const signature = key.sign(data, settings.hash)
      if (signature instanceof Error) agent.failureReply(request)
      else agent.signReply(request, signature)
    })
    socket.on('error', () => agent.destroy())
    socket.pipe(agent).pipe(socket)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    signed: () => signed,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
      rmSync(path, { force: true })
    },
  }
}

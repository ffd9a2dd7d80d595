// A source behind bastions: one SSH connection through every hop, a channel for each connection to the source. It is made
// when first needed, kept alive, and made anew when it broke.

import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { Client, type ConnectConfig } from 'ssh2'
import { WatchdeckError } from '../../../../shared/base/errors.ts'
import type { SourceSpec } from '../../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../../platform/connector.ts'
import type { Tunnel } from '../dispatcher.ts'
import { Failure } from '../failures.ts'
import { methodsOf } from './auth-methods.ts'
import { type ResolvedHop, resolveHops } from './hops.ts'
import { readIfThere } from './config.ts'
import { fingerprint, knownTypes, verdictOf } from './known-hosts.ts'

const READY_MS = 15_000
const KEEP_ALIVE_SECONDS = 15

export interface SshTunnel extends Tunnel {
  /** connects if need be; what to say about it */
  ready(): Promise<string>
}

export function tunnelFor(spec: SourceSpec, services: ConnectorServices): SshTunnel | undefined {
  return spec.ssh === undefined ? undefined : new Bastion(spec.ssh, services)
}

class Bastion implements SshTunnel {
  readonly #ssh: NonNullable<SourceSpec['ssh']>
  readonly #services: ConnectorServices
  #chain: Promise<Client[]> | undefined
  /** those of `#chain`, while they are being joined too */
  #clients: readonly Client[] | undefined
  #closed = false

  constructor(ssh: NonNullable<SourceSpec['ssh']>, services: ConnectorServices) {
    this.#ssh = ssh
    this.#services = services
  }

  async ready(): Promise<string> {
    const chain = await this.#connected()
    return chain.length === 1 ? 'The bastion let us in' : `${chain.length} hops let us in`
  }

  async open(host: string, port: number): Promise<Duplex> {
    const chain = await this.#connected()
    return await forward(chain.at(-1) as Client, host, port)
  }

  close(): void {
    this.#closed = true
    this.#drop()
  }

  #connected(): Promise<Client[]> {
    if (this.#closed) return Promise.reject(new WatchdeckError('cancelled', 'The call was cancelled.'))
    if (!this.#chain) {
      const chain = this.#connect()
      this.#chain = chain
      chain.catch(() => {
        if (this.#chain === chain) this.#chain = undefined
      })
    }
    return this.#chain
  }

  #drop(): void {
    const chain = this.#chain
    this.#chain = undefined
    chain?.then(
      (clients) => clients.toReversed().forEach((client) => client.end()),
      () => undefined,
    )
  }

  /** One hop of a chain has gone: so has that chain, but not the one that may have been made since. */
  #broke(clients: readonly Client[]): void {
    if (this.#clients !== clients) return
    this.#drop()
  }

  async #connect(): Promise<Client[]> {
    const folder = join(homedir(), '.ssh')
    const [config, knownHosts] = this.#ssh.useConfig
      ? await Promise.all([readIfThere(join(folder, 'config')), readIfThere(join(folder, 'known_hosts'))])
      : ['', '']
    const clients: Client[] = []
    this.#clients = clients
    try {
      for (const hop of resolveHops(this.#ssh.hops, config)) {
        const before = clients.at(-1)
        const sock = before === undefined ? undefined : await forward(before, hop.host, hop.port)
        const client = await this.#join(hop, knownHosts, sock)
        client.on('close', () => this.#broke(clients))
        clients.push(client)
      }
      return clients
    } catch (error) {
      for (const client of clients.toReversed()) client.end()
      throw error
    }
  }

  async #join(hop: ResolvedHop, knownHosts: string, sock: Duplex | undefined): Promise<Client> {
    const methods = await methodsOf(hop, this.#services)
    const types = knownTypes(knownHosts, hop.host, hop.port).flatMap(algorithmsOf)
    const refused: { error?: WatchdeckError } = {}
    const settings: ConnectConfig = {
      host: hop.host,
      port: hop.port,
      username: hop.user,
      readyTimeout: READY_MS,
      keepaliveInterval: (this.#ssh.keepAliveSeconds ?? KEEP_ALIVE_SECONDS) * 1000,
      keepaliveCountMax: 3,
      authHandler: methods,
      hostVerifier: (key: Buffer) => {
        const error = hostKeyProblem(hop, knownHosts, key)
        if (error) refused.error = error
        return error === undefined
      },
      ...(types.length === 0 ? {} : { algorithms: { serverHostKey: types } }),
    }
    // a channel of the hop before stands in for the socket
    const connectable = sock === undefined ? settings : { ...settings, sock }
    return await new Promise<Client>((resolve, reject) => {
      const client = new Client()
      client.once('ready', () => {
        client.on('error', (error) => this.#services.warn('the bastion failed', { host: hop.host, error }))
        resolve(client)
      })
      client.once('error', (error) => reject(refused.error ?? sshFailure(error, hop)))
      client.connect(connectable)
    })
  }
}

function hostKeyProblem(hop: ResolvedHop, knownHosts: string, key: Buffer): WatchdeckError | undefined {
  const print = fingerprint(key)
  if (hop.hop.hostKey === print) return undefined
  const verdict = verdictOf(knownHosts, hop.host, hop.port, key)
  if (verdict === 'known') return undefined
  if (verdict === 'unknown' && hop.hop.hostKey === undefined)
    return new WatchdeckError(
      'permission_denied',
      `The bastion ${hop.host} is met for the first time; its key is ${print}.`,
      {
        ...(hop.jump
          ? { hint: 'ProxyJump of ~/.ssh/config leads there. Join it once with ssh, or add it as a hop of its own.' }
          : {
              hint: 'Compare the key with what its owner says, then accept it.',
              details: { hop: hop.index, hostKey: print },
            }),
      },
    )
  return new WatchdeckError(
    'permission_denied',
    verdict === 'revoked'
      ? `The key of the bastion ${hop.host} was revoked (${print}).`
      : `The key of the bastion ${hop.host} is not the one that was accepted before (${print}).`,
    { hint: 'Somebody may stand in between. Ask its owner whether the key was changed; nothing was sent.' },
  )
}

/** ssh-rsa keys sign with the newer algorithms. */
const algorithmsOf = (type: string): ServerHostKey[] =>
  SERVER_HOST_KEYS.filter((name) => name === type || (type === 'ssh-rsa' && name.startsWith('rsa-')))
const SERVER_HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const
type ServerHostKey = (typeof SERVER_HOST_KEYS)[number]

/** RFC 4254, 5.1: the server does not want to, as against could not. Its text is for people and differs by server. */
const ADMINISTRATIVELY_PROHIBITED = 1

function forward(client: Client, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error) reject(forwardFailure(error, host, port))
        else resolve(channel)
      })
    } catch (error) {
      // the library throws where the connection has gone and has not said so yet
      reject(connectionBroke(error))
    }
  })
}

const connectionBroke = (cause: unknown): Failure =>
  new Failure(
    new WatchdeckError('unavailable', 'The connection to the bastion broke.', {
      hint: 'It is made anew by the next query. Is the network or the VPN there?',
      cause,
    }),
    { outage: true, transient: true },
  )

/** @param error with `reason`, the code of RFC 4254, where the server answered; without one the connection has gone */
export function forwardFailure(error: Error & { reason?: unknown }, host: string, port: number): Failure {
  if (!('reason' in error)) return connectionBroke(error)
  const prohibited = error.reason === ADMINISTRATIVELY_PROHIBITED
  return new Failure(
    new WatchdeckError(
      prohibited ? 'permission_denied' : 'unavailable',
      prohibited
        ? `The bastion does not allow connections to ${host}:${port}.`
        : `The bastion could not connect to ${host}:${port}.`,
      {
        hint: prohibited
          ? 'Its owner must allow forwarding to it (AllowTcpForwarding, PermitOpen).'
          : 'The address is looked up and dialled from the bastion: does the server run, and is that its name there?',
        cause: error,
      },
    ),
    { outage: true },
  )
}

function sshFailure(error: Error & { level?: string }, hop: ResolvedHop): Failure {
  const where = `${hop.user}@${hop.host}:${hop.port}`
  if (error.level === 'client-authentication')
    return new Failure(
      new WatchdeckError('unauthenticated', `The bastion did not let ${where} in.`, {
        hint: 'Check user, key and passphrase; `ssh-add -l` lists the keys of the agent.',
        cause: error,
      }),
      { outage: true },
    )
  if (error.level === 'client-timeout')
    return new Failure(
      new WatchdeckError('timeout', `The bastion ${where} did not answer.`, {
        hint: 'Check host and port, and whether the network or the VPN is there.',
        cause: error,
      }),
      { outage: true },
    )
  return new Failure(
    new WatchdeckError('unavailable', `The bastion ${where} could not be reached.`, {
      hint: 'Check host and port, and whether the network or the VPN is there.',
      cause: error,
    }),
    { outage: true },
  )
}

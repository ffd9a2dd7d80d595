// The way to a source: straight, through a proxy, or through a tunnel. Made when first needed, with the secrets of that moment.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls'
import { Agent, buildConnector, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import { isTlsAlert } from './failures.ts'
import { chooseProxy } from './proxy.ts'
import { tlsOptions } from './tls.ts'

export const CONNECT_TIMEOUT_MS = 10_000

/** What a bastion gives: a stream to a host and port as seen from its far end. */
export interface Tunnel {
  open(host: string, port: number): Promise<Duplex>
  close(): void
}

/** @throws WatchdeckError for settings that do not work together, and what `tlsOptions` and `chooseProxy` throw */
export async function dispatcherFor(
  spec: SourceSpec,
  services: ConnectorServices,
  tunnel: Tunnel | undefined,
): Promise<Dispatcher> {
  const tls = await tlsOptions(spec.tls, services.secret)
  const common = {
    connections: spec.limits.inFlight,
    // a frozen server is noticed by our own deadline as well; these free the socket
    headersTimeout: spec.limits.timeoutMs,
    bodyTimeout: spec.limits.timeoutMs,
    keepAliveTimeout: 20_000,
    // answers are many and large: the default of 16 kB of headers is plenty, one hop is enough
    pipelining: 1,
  }
  if (tunnel) {
    if (typeof spec.proxy !== 'string')
      throw new WatchdeckError('invalid_input', 'A source is reached through a proxy or through a bastion, not both.', {
        hint: 'Take the proxy away: the bastion connects from its own side.',
      })
    return new Agent({
      ...common,
      connect: (options, done) => {
        const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
        tunnel.open(options.hostname, port).then(
          (stream) => {
            // a channel is a duplex stream: undici asks for nothing else that it does not check for first
            if (options.protocol !== 'https:') return done(null, stream as Socket)
            secured(stream, { ...tls, servername: tls.servername ?? options.servername ?? options.hostname }, done)
          },
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
        )
      },
    })
  }
  const proxy = chooseProxy(spec.proxy, new URL(spec.url), process.env)
  const connect = { ...tls, timeout: CONNECT_TIMEOUT_MS }
  if (!proxy) {
    const dial = buildConnector(connect)
    return new Agent({
      ...common,
      connect: (options, done) =>
        dial(options, (...result) => {
          if (result[1]) tellingAlerts(result[1])
          done(...result)
        }),
    })
  }
  const given = typeof spec.proxy === 'string' ? undefined : spec.proxy
  const username = given?.username ?? decodeURIComponent(proxy.url.username)
  const password =
    given?.password === undefined ? decodeURIComponent(proxy.url.password) : await services.secret(given.password)
  const bare = new URL(proxy.url)
  bare.username = ''
  bare.password = ''
  if (proxy.kind === 'socks')
    return new Socks5ProxyAgent(bare, {
      ...common,
      requestTls: connect,
      ...(username === '' ? {} : { username, password }),
    })
  return new ProxyAgent({
    ...common,
    uri: bare.toString(),
    requestTls: connect,
    proxyTls: { ca: tls.ca, timeout: CONNECT_TIMEOUT_MS },
    ...(username === '' ? {} : { token: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }),
  })
}

/**
 * In TLS 1.3 a server that wants another certificate says so after the handshake, as the error of the first read; the end
 * of the stream comes right after it and would be taken for the reason.
 */
function tellingAlerts(socket: Socket): void {
  socket.once('error', (error) => {
    if (isTlsAlert(error)) socket.destroy(error)
  })
}

function secured(
  stream: Duplex,
  options: ConnectionOptions,
  done: (...args: [null, Socket] | [Error, null]) => void,
): void {
  const socket = tlsConnect({ ...options, socket: stream, ALPNProtocols: ['http/1.1'] })
  const failed = (error: Error) => done(error, null)
  socket.once('error', failed)
  socket.once('secureConnect', () => {
    socket.removeListener('error', failed)
    tellingAlerts(socket)
    done(null, socket)
  })
}

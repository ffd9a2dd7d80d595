// sources.test: one thing at a time from the name to the clock, each timed, so that the first that fails names the cause.

import { lookup } from 'node:dns/promises'
import { connect as netConnect } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { TestStep } from '../../../shared/contract/sources.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import { CONNECT_TIMEOUT_MS, type Tunnel } from './dispatcher.ts'
import { Failure, failureOf } from './failures.ts'
import { chooseProxy } from './proxy.ts'
import { type TlsOptions, tlsOptions } from './tls.ts'

export interface Step {
  readonly step: TestStep['step']
  /** @returns what to say when it went well @throws what failed */
  run(): Promise<string>
}

/** A clock this far off shifts what is seen as "now". */
export const CLOCK_LIMIT_MS = 30_000

/** Runs steps in order and stops at the first that fails. */
export async function runSteps(steps: AsyncIterable<Step> | Iterable<Step>, signal: AbortSignal): Promise<TestStep[]> {
  const told: TestStep[] = []
  for await (const step of steps) {
    signal.throwIfAborted()
    const started = performance.now()
    const took = () => Math.round((performance.now() - started) * 1e6)
    try {
      const message = await step.run()
      told.push({ step: step.step, ok: true, tookNs: took(), message })
    } catch (error) {
      if (signal.aborted) throw error
      const { error: shown } = failureOf(error, signal)
      told.push({
        step: step.step,
        ok: false,
        tookNs: took(),
        message: shown.message,
        ...(shown.hint === undefined ? {} : { hint: shown.hint }),
        ...offerOf(shown),
      })
      break
    }
  }
  return told
}

/** The key of an SSH host that a person may accept. */
function offerOf(error: WatchdeckError): Pick<TestStep, 'offer'> {
  const { hop, hostKey } = error.details ?? {}
  return typeof hop === 'number' && typeof hostKey === 'string' ? { offer: { hop, hostKey } } : {}
}

/** From the settings to an open, secured connection; what the backend itself says comes after. */
export function* wayThere(
  spec: SourceSpec,
  services: ConnectorServices,
  tunnel: (Tunnel & { ready(): Promise<string> }) | undefined,
): Generator<Step> {
  const url = new URL(spec.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  let tls: TlsOptions = { ca: [] }
  let proxy: ReturnType<typeof chooseProxy>
  let address = host
  yield {
    step: 'settings',
    async run() {
      tls = await tlsOptions(spec.tls, services.secret)
      proxy = tunnel ? undefined : chooseProxy(spec.proxy, url, process.env)
      return proxy ? `Through the proxy ${proxy.url.host} (from ${proxy.from})` : 'Settings are complete'
    },
  }
  let open: () => Promise<Duplex>
  if (tunnel) {
    yield { step: 'ssh', run: () => tunnel.ready() }
    open = () => tunnel.open(host, port)
  } else {
    const target = proxy
      ? { host: proxy.url.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.url.port) || defaultPort(proxy.url) }
      : { host, port }
    yield {
      step: 'resolve',
      async run() {
        const found = await lookup(target.host, { all: true })
        address = found[0]?.address ?? target.host
        return found.map((each) => each.address).join(', ')
      },
    }
    open = () => dial(address, target.port)
  }
  if (proxy) {
    yield { step: 'proxy', run: () => dialed(open) }
    // behind it the connection is the proxy's: the questions below show whether it comes through
    return
  }
  let stream: Duplex | undefined
  yield {
    step: 'connect',
    async run() {
      stream = await open()
      return `${host}:${port}`
    },
  }
  if (url.protocol === 'https:' && stream) {
    const connected = stream
    yield { step: 'tls', run: () => handshake(connected, host, tls) }
  }
  stream?.destroy()
}

const defaultPort = (proxy: URL): number =>
  proxy.protocol === 'https:' ? 443 : proxy.protocol === 'socks5:' ? 1080 : 80

async function dialed(open: () => Promise<Duplex>): Promise<string> {
  const socket = await open()
  socket.destroy()
  return 'The proxy answers'
}

function dial(host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = netConnect({ host, port })
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy()
      reject(
        new Failure(
          new WatchdeckError('timeout', 'The server did not answer the connection.', {
            hint: 'A firewall may drop the packets; a VPN, proxy or bastion may be needed.',
          }),
        ),
      )
    })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.removeListener('error', reject)
      // whatever ends the idle connection later is not this step's
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

function handshake(stream: Duplex, host: string, options: TlsOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const isName = /[a-z]/i.test(host)
    const servername = options.servername ?? (isName ? host : undefined)
    const socket: TLSSocket = tlsConnect(
      { ...options, socket: stream, host, ...(servername === undefined ? {} : { servername }) },
      () => {
        const cert = socket.getPeerCertificate()
        socket.destroy()
        const until = cert.valid_to ? `, valid until ${new Date(cert.valid_to).toISOString().slice(0, 10)}` : ''
        const warning = options.rejectUnauthorized === false ? '; NOT checked, as the settings say' : ''
        resolve(`${socket.getProtocol() ?? 'TLS'}, ${String(cert.subject?.CN ?? 'no name')}${until}${warning}`)
      },
    )
    const late = setTimeout(() => {
      socket.destroy()
      reject(
        new Failure(
          new WatchdeckError('timeout', 'The server did not answer the TLS handshake.', {
            hint: 'Does this port speak TLS? Try http:// instead of https://.',
          }),
        ),
      )
    }, CONNECT_TIMEOUT_MS)
    socket.once('close', () => clearTimeout(late))
    socket.once('error', reject)
  })
}

/** @param skewMs server minus local */
export function clockStep(skewMs: () => number | undefined): Step {
  return {
    step: 'clock',
    async run() {
      const skew = skewMs()
      if (skew === undefined) return 'The server does not say its time'
      if (Math.abs(skew) <= CLOCK_LIMIT_MS) return `${(skew / 1000).toFixed(1)} s apart`
      const minutes = Math.round(Math.abs(skew) / 60_000)
      throw new WatchdeckError(
        'unavailable',
        skew > 0
          ? `The clock of the server is ${minutes} min ahead of this machine’s.`
          : `The clock of the server is ${minutes} min behind this machine’s.`,
        { hint: 'Set the clock that is wrong; until then “now” means two different times.' },
      )
    },
  }
}

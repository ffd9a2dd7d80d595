// The browser shell: the built page, one way in, one socket to the engine, files dropped and saved. Nothing else answers.

import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type ErrorCode, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import type { Transport } from '../../shared/rpc/api.ts'
import { SERVER_LIMITS } from '../../shared/rpc/limits.ts'
import { webSocketTransport } from '../../shared/rpc/transports.ts'
import type { Logger } from '../engine/log.ts'
import { listFiles, lookUp } from '../platform/page-files.ts'
import { contentSecurityPolicy, securityHeaders } from '../platform/page-headers.ts'
import { downloadsFolder, FORGOTTEN_MS, sweep, uploadsFolder } from '../platform/places.ts'
import { sendDownload } from './download.ts'
import { allowedHosts, checkHost, checkOrigin, type Heads, isLoopback, type Verdict } from './policy.ts'
import { readRemembered, writeRemembered } from './remembered.ts'
import { sendFile } from './static.ts'
import { cookieName, Gate, readCookie } from './tokens.ts'
import { MAX_UPLOAD_BYTES, receiveUpload } from './upload.ts'

export interface WebShellOptions {
  /** folder of the built renderer */
  renderer: string
  dataDir: string
  /** serves a page's socket */
  connect(transport: Transport): Disposable
  log: Logger
  /** default 127.0.0.1 */
  host?: string | undefined
  /** default: that of last time if it is free, else any */
  port?: number | undefined
  /** binding anything but loopback needs this said */
  allowRemote?: boolean | undefined
  maxUploadBytes?: number | undefined
  /** ms for the head of a request to arrive; default 10 s */
  headersTimeoutMs?: number | undefined
  gate?: Gate | undefined
}

export interface WebShell {
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** An address with a fresh token in its fragment, good once. */
  mintUrl(): string
  close(): Promise<void>
}

const MAX_TOKEN_BODY = 1024

const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_input: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  conflict: 409,
  limit_exceeded: 413,
}

/** @throws WatchdeckError `permission_denied` for a bind beyond loopback without `allowRemote`, `conflict` for a taken port */
export async function startWebShell(options: WebShellOptions): Promise<WebShell> {
  const host = options.host ?? '127.0.0.1'
  if (!isLoopback(host) && options.allowRemote !== true)
    throw new WatchdeckError(
      'permission_denied',
      `Watchdeck does not listen on ${host}: others on the network could reach it.`,
      {
        hint: 'Leave --host away, or say --allow-remote if that is what you want.',
      },
    )
  const remembered = readRemembered(options.dataDir)
  const remember = (change: Partial<typeof remembered>): void => {
    Object.assign(remembered, change)
    try {
      writeRemembered(options.dataDir, remembered)
    } catch (error) {
      // a full disk costs a sign-in at the next start, nothing now
      log.warn('the browser shell could not keep its sessions', { error })
    }
  }
  const log = options.log.with({ part: 'web' })
  const gate =
    options.gate ?? new Gate({ sessions: remembered.sessions, onSessions: (sessions) => remember({ sessions }) })
  const files = listFiles(options.renderer)
  const downloads = downloadsFolder(options.dataDir)
  // what was saved for a browser has been fetched long ago
  await sweep(downloads, { now: Date.now(), olderThanMs: FORGOTTEN_MS })
  await mkdir(downloads, { recursive: true, mode: 0o700 })
  const pipes = new Set<Disposable>()
  let hosts: ReadonlySet<string> = new Set()
  let headers: Readonly<Record<string, string>> = {}
  let cookie = ''

  const headersTimeout = options.headersTimeoutMs ?? 10_000
  // Node looks for overdue requests every 30 s unless told otherwise, and a 10 s limit would then mean 40
  const limits = {
    maxHeaderSize: 16 * 1024,
    headersTimeout,
    connectionsCheckingInterval: Math.min(2_000, headersTimeout),
  }
  const server = createServer(limits, (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    answer(request, response).catch((error: unknown) => {
      if (!(error instanceof WatchdeckError)) log.error('a request failed', { error })
      refuse(response, error)
    })
  })
  // an upload of many gigabytes takes as long as it takes
  server.requestTimeout = 0
  server.keepAliveTimeout = 5_000
  server.maxHeadersCount = 64
  server.maxConnections = 256
  server.on('connection', (socket) => socket.setNoDelay(true))

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: SERVER_LIMITS.packetBytes + 64,
    perMessageDeflate: false,
    clientTracking: true,
  })

  const admitted = (request: IncomingMessage) => gate.admits(readCookie(request.headers.cookie, cookie))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const heads = headsOf(request)
    demand(checkHost(heads, hosts))
    const path = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
    const method = request.method ?? 'GET'
    if (method === 'GET' || method === 'HEAD') {
      if (path === '/healthz') return sendJson(response, 200, { ok: true })
      if (path.startsWith('/download/')) {
        if (!admitted(request)) throw notSignedIn()
        const site = heads['sec-fetch-site']
        if (site !== undefined && site !== 'same-origin' && site !== 'none') throw denied('other site')
        return await sendDownload(response, {
          folder: downloads,
          name: path.slice('/download/'.length),
        })
      }
      const file = lookUp(files, path)
      if (!file) throw new WatchdeckError('not_found', 'There is nothing at this address.')
      return sendFile(file, method, response)
    }
    if (method !== 'POST') throw new WatchdeckError('not_found', 'There is nothing at this address.')
    demand(checkOrigin(heads, hosts))
    if (path === '/session') return await signIn(request, response)
    if (path !== '/upload') throw new WatchdeckError('not_found', 'There is nothing at this address.')
    if (!admitted(request)) throw notSignedIn()
    const name = new URL(request.url ?? '/', 'http://page').searchParams.get('name') ?? 'file'
    const stored = await receiveUpload(request, {
      folder: uploadsFolder(options.dataDir),
      name,
      maxBytes: options.maxUploadBytes ?? MAX_UPLOAD_BYTES,
    })
    log.info('file received', { bytes: stored.bytes })
    sendJson(response, 200, stored)
  }

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = gate.exchange(tokenOf(await readSmallBody(request)))
    if (session === undefined) {
      log.warn('a token was refused', {})
      throw new WatchdeckError('unauthenticated', 'This link has been used or is too old.', {
        hint: 'Open the address that Watchdeck printed last, or run `watchdeck serve` again.',
      })
    }
    response.setHeader('set-cookie', `${cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`)
    sendJson(response, 200, { ok: true })
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const verdict = checkOrigin(headsOf(request), hosts)
    if (!verdict.ok) return refuseUpgrade(socket, verdict.status)
    if (request.url !== '/rpc') return refuseUpgrade(socket, 404)
    if (!admitted(request)) return refuseUpgrade(socket, 401)
    sockets.handleUpgrade(request, socket, head, (page) => {
      const pipe = options.connect(webSocketTransport(page))
      pipes.add(pipe)
      page.on('close', () => pipes.delete(pipe))
    })
  })

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  // the port of last time, so that an open page and bookmarks find their way; any free one where it is taken
  const wished = options.port ?? remembered.port ?? 0
  await listen(wished).catch((error: Error) => {
    if (options.port === undefined && isTaken(error)) return listen(0)
    throw listenError(error, options.port)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  hosts = allowedHosts(port, isLoopback(host) ? undefined : host)
  cookie = cookieName(port)
  headers = securityHeaders(contentSecurityPolicy(namedSources(hosts)))
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (remembered.port !== port) remember({ port })
  log.info('browser shell listening', { port })

  return {
    port,
    origin,
    mintUrl: () => `${origin}/#token=${gate.mint()}`,
    async close() {
      for (const pipe of pipes) pipe[Symbol.dispose]()
      for (const page of sockets.clients) page.terminate()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A policy's grammar has no IPv6 address; a browser new enough counts ws: under 'self' there. */
function namedSources(hosts: ReadonlySet<string>): string[] {
  return [...hosts].filter((name) => !name.startsWith('[')).map((name) => `ws://${name}`)
}

function headsOf(request: IncomingMessage): Heads {
  const site = request.headers['sec-fetch-site']
  // Node keeps the first of several; what stands behind us might have read another
  const hosts = request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host').length
  return {
    host: hosts === 1 ? request.headers.host : undefined,
    origin: request.headers.origin,
    'sec-fetch-site': typeof site === 'string' ? site : undefined,
  }
}

function demand(verdict: Verdict): void {
  if (!verdict.ok) throw denied(verdict.reason)
}

const denied = (reason: string) => new WatchdeckError('permission_denied', `This request is refused: ${reason}.`)
const notSignedIn = () => new WatchdeckError('unauthenticated', 'Open Watchdeck by the address it printed.')

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  response.end(text)
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const shape = toErrorShape(error)
  // what was not read of the body must not be taken for the next request
  response.setHeader('connection', 'close')
  sendJson(response, STATUS[shape.code] ?? 500, { error: shape })
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

async function readSmallBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request) {
      const chunk = part as Buffer
      bytes += chunk.length
      if (bytes > MAX_TOKEN_BODY) throw new WatchdeckError('limit_exceeded', 'The request is too large.')
      parts.push(chunk)
    }
  } catch (error) {
    if (error instanceof WatchdeckError) throw error
    throw new WatchdeckError('invalid_input', 'The request did not arrive whole.', { cause: error })
  }
  return Buffer.concat(parts).toString('utf8')
}

function tokenOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'token' in parsed && typeof parsed.token === 'string')
      return parsed.token
  } catch (error) {
    throw new WatchdeckError('invalid_input', 'The request is not JSON.', { cause: error })
  }
  throw new WatchdeckError('invalid_input', 'The request has no token.')
}

const isTaken = (error: Error): error is Error & { code: string } =>
  'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

function listenError(error: Error, port: number | undefined): Error {
  if (isTaken(error))
    return new WatchdeckError('conflict', `Port ${port} cannot be used (${error.code}).`, {
      hint: 'Leave --port away to take any free one.',
    })
  return error
}

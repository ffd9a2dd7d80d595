// A server that answers as Prometheus does (or as it is told to) until it fails: the fault matrix of the connectors.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type Fault =
  | 'none'
  | 'frozen'
  | 'slow-first-byte'
  | 'cut'
  | 'not-whole'
  | 'busy'
  | 'error'
  | 'unknown-caller'
  | 'page'
  | 'wrong-json'
  | 'half-json'
  | 'bomb'
  | 'clock'
  | 'elsewhere'
  | 'circle'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  aborted: boolean
}

export interface FaultServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  fault: Fault
  /** after so many requests the fault goes by itself */
  faultsLeft: number
  readonly seen: Seen[]
  /** instead of the usual body */
  body: string | undefined
  /** where the next question is sent to, once */
  redirect: string | undefined
  /** answers without a fault wait for it */
  gate: Promise<void>
}

/** 64 MB of spaces */
const BOMB = gzipSync(Buffer.alloc(64 * 1_048_576, 0x20))
const FIXTURES = join(import.meta.dirname, '../fixtures/tls')
export const pem = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8')

/** One series with one value at every step that is asked for. */
function answerTo(path: string, form: URLSearchParams): string {
  const ok = (data: unknown) => JSON.stringify({ status: 'success', data })
  if (path.endsWith('/query_range')) {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
      number,
      number,
      number,
    ]
    const values = Array.from({ length: Math.floor((end - start) / step + 1e-9) + 1 }, (_, i) => [
      start + i * step,
      '7',
    ])
    return ok({ resultType: 'matrix', result: [{ metric: { __name__: 'up', job: 'a' }, values }] })
  }
  if (path.endsWith('/query'))
    return ok({
      resultType: 'vector',
      result: [{ metric: { __name__: 'up', job: 'a' }, value: [Number(form.get('time')), '7'] }],
    })
  if (path.endsWith('/buildinfo')) return ok({ version: '3.16.0' })
  if (path.endsWith('/labels') || path.endsWith('/values')) return ok(['up'])
  return ok({})
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export interface FaultServerOptions {
  readonly cert?: string | undefined
  /** the authority of the client certificates that it asks for; needs `cert` */
  readonly clientCa?: string | undefined
  /** default: any that is free */
  readonly port?: number | undefined
  /** instead of Prometheus's answers */
  readonly answerTo?: ((path: string, params: URLSearchParams) => Answer) | undefined
}

export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const sockets = new Set<Socket>()
  const state: Omit<FaultServer, 'url' | 'port' | typeof Symbol.asyncDispose> = {
    fault: 'none',
    faultsLeft: Infinity,
    seen: [],
    body: undefined,
    redirect: undefined,
    gate: Promise.resolve(),
  }
  const listener: RequestListener = (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://x')
      const seen: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        search: url.search,
        headers: request.headers,
        body,
        aborted: false,
      }
      response.on('close', () => (seen.aborted = !response.writableFinished))
      state.seen.push(seen)
      const fault = state.faultsLeft > 0 ? state.fault : 'none'
      state.faultsLeft--
      const to = state.redirect
      state.redirect = undefined
      if (to !== undefined) return void response.writeHead(307, { location: to }).end()
      const form = new URLSearchParams(request.method === 'POST' ? body : url.search)
      if (options.answerTo && fault === 'none') {
        const { status, type, body: said } = options.answerTo(url.pathname, form)
        response.writeHead(status, { 'content-type': type }).end(said)
      } else {
        const said = state.body ?? options.answerTo?.(url.pathname, form).body ?? answerTo(url.pathname, form)
        if (fault === 'none') void state.gate.then(() => answer(fault, response, said))
        else answer(fault, response, said)
      }
    })
  }
  const server =
    options.cert === undefined
      ? createServer(listener)
      : createSecureServer(
          {
            key: pem('server.key'),
            cert: pem(options.cert),
            ...(options.clientCa === undefined ? {} : { ca: pem(options.clientCa), requestCert: true }),
          },
          listener,
        )
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    port,
    url: `${options.cert === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}

function answer(fault: Fault, response: ServerResponse, body: string): void {
  const json = { 'content-type': 'application/json' }
  switch (fault) {
    case 'none':
      return void response.writeHead(200, json).end(body)
    case 'frozen':
      return
    case 'slow-first-byte':
      return void setTimeout(() => response.writeHead(200, json).end(body), 1500).unref()
    case 'cut':
      response.writeHead(200, json).write(body.slice(0, body.length >> 1))
      return void setTimeout(() => response.destroy(), 20)
    case 'not-whole':
      response.writeHead(200, { ...json, 'content-length': String(body.length + 100) }).write(body)
      return void setTimeout(() => response.destroy(), 20)
    case 'busy':
      return void response.writeHead(429, { 'retry-after': '0' }).end('too many')
    case 'error':
      return void response.writeHead(500).end('boom')
    case 'unknown-caller':
      return void response.writeHead(401).end('who?')
    case 'page':
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title><p>Please sign in')
    case 'wrong-json':
      return void response.writeHead(200, json).end('[1, 2, 3]')
    case 'half-json':
      return void response.writeHead(200, json).end(body.slice(0, body.length - 4))
    case 'bomb':
      return void response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(BOMB)
    case 'clock':
      response.sendDate = false
      return void response.writeHead(200, { ...json, date: new Date(Date.now() + 7_200_000).toUTCString() }).end(body)
    case 'elsewhere':
      return void response.writeHead(302, { location: 'http://127.0.0.2:9/login' }).end()
    case 'circle':
      return void response.writeHead(302, { location: '/api/v1/round' }).end()
  }
}

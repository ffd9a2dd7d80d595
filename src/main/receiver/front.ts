// The HTTP side of the receiver: who may post, what is a body, and the answers that senders act on.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Body, type Outcome, type Packing, SIGNALS } from './bodies.ts'
import { refused, taken } from './replies.ts'

export const HOST = '127.0.0.1'
/** Packed, a request may have this many bytes. */
export const MAX_BODY = 20 * 1024 * 1024
/** Of all bodies that are arriving at once. */
const MAX_ARRIVING = 64 * 1024 * 1024
const PACKINGS: Readonly<Record<string, Packing>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
}

export interface FrontOptions {
  readonly port: number
  readonly take: (
    body: Body,
    signal: AbortSignal,
  ) => Promise<Outcome | 'full' | 'failed' | { readonly dropped: string }>
  /** a request that was not taken as it is: its reason, for the status */
  readonly onRefused: (status: number, message: string) => void
}

interface Refusal {
  readonly status: number
  /** of google.rpc.Code */
  readonly code: number
  readonly message: string
}

export class Front {
  readonly #server: Server
  readonly #options: FrontOptions
  #arriving = 0

  private constructor(options: FrontOptions) {
    this.#options = options
    this.#server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000 }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500)
        response.end()
        options.onRefused(500, String(error))
      })
    })
  }

  /** @throws WatchdeckError `conflict` when the port is taken */
  static async listen(options: FrontOptions): Promise<Front> {
    const front = new Front(options)
    await new Promise<void>((resolve, reject) => {
      front.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new WatchdeckError('conflict', `Port ${options.port} is taken by another program, a Collector perhaps.`, {
                hint: 'Stop that program, or choose another port here and in what sends.',
              })
            : error,
        ),
      )
      front.#server.listen(options.port, HOST, resolve)
    })
    return front
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Answers what is under way, then closes. */
  async close(): Promise<void> {
    this.#server.closeIdleConnections()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isJson = mediaType(request) === 'application/json'
    const reply = (status: number, body: Uint8Array, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, {
        'content-type': isJson ? 'application/json' : 'application/x-protobuf',
        'content-length': body.length,
        ...headers,
      })
      response.end(body)
    }
    const refuse = ({ status, code, message }: Refusal, headers?: Readonly<Record<string, string>>): void => {
      this.#options.onRefused(status, message)
      // what is still arriving is not read
      if (!request.complete) response.shouldKeepAlive = false
      reply(status, refused(isJson, code, message), headers)
    }
    const head = this.#head(request)
    if ('status' in head) return refuse(head)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const bytes = await this.#read(request)
    if (!(bytes instanceof Uint8Array)) return refuse(bytes, bytes.status === 429 ? AGAIN : {})
    const outcome = await this.#options.take({ ...head, bytes }, gone.signal)
    if (outcome === 'full')
      return refuse({ status: 429, code: 8, message: 'More is arriving than can be written; send it again.' }, AGAIN)
    if (outcome === 'failed')
      return refuse({ status: 503, code: 14, message: 'The rows could not be written; the log says why.' }, AGAIN)
    if ('dropped' in outcome) return reply(200, taken(head.signal, isJson, 0, outcome.dropped))
    if (!outcome.ok) return refuse({ status: outcome.status, code: 3, message: outcome.message })
    reply(200, taken(head.signal, isJson, outcome.rejected, outcome.message))
  }

  #head(request: IncomingMessage): Omit<Body, 'bytes'> | Refusal {
    const { headers } = request
    const port = this.port
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    if (!hosts.includes(headers.host?.toLowerCase() ?? ''))
      return { status: 421, code: 7, message: 'This receiver answers as 127.0.0.1 or localhost only.' }
    // browsers say where a request comes from, programs do not: no page may write here
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
      return { status: 403, code: 7, message: 'Web pages may not send to this receiver.' }
    const signal = SIGNALS.find((name) => request.url === `/v1/${name}`)
    if (signal === undefined)
      return { status: 404, code: 5, message: 'There are /v1/traces, /v1/logs and /v1/metrics.' }
    if (request.method !== 'POST') return { status: 405, code: 12, message: 'Requests are sent by POST.' }
    const type = mediaType(request)
    if (type !== 'application/json' && type !== 'application/x-protobuf')
      return { status: 415, code: 3, message: 'The content type is application/x-protobuf or application/json.' }
    const name = headers['content-encoding']?.trim().toLowerCase() ?? ''
    const packing = Object.hasOwn(PACKINGS, name) ? PACKINGS[name] : undefined
    if (packing === undefined)
      return { status: 415, code: 3, message: 'The content encoding is gzip, zstd, deflate or none.' }
    if (Number(headers['content-length'] ?? 0) > MAX_BODY) return TOO_LARGE
    return { signal, packing, isJson: type === 'application/json' }
  }

  async #read(request: IncomingMessage): Promise<Uint8Array | Refusal> {
    const parts: Buffer[] = []
    let size = 0
    try {
      for await (const part of request) {
        const bytes = part as Buffer
        size += bytes.length
        this.#arriving += bytes.length
        if (size > MAX_BODY) return TOO_LARGE
        if (this.#arriving > MAX_ARRIVING)
          return { status: 429, code: 8, message: 'More is arriving than can be held; send it again.' }
        parts.push(bytes)
      }
      return Buffer.concat(parts, size)
    } catch {
      // nobody is there to hear the answer
      return { status: 400, code: 3, message: 'The request was cut off.' }
    } finally {
      this.#arriving -= size
    }
  }
}

const AGAIN = { 'retry-after': '1' }
const TOO_LARGE: Refusal = {
  status: 413,
  code: 3,
  message: `A request has at most ${MAX_BODY / 1024 / 1024} MB; let the exporter send smaller batches.`,
}

function mediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

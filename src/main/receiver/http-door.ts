// The HTTP side of the receiver: who may post, what is a body, and the answers that senders act on.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Body, Packing } from './bodies.ts'
import { SIGNALS } from './bodies.ts'
import { ARRIVAL_MS, COME_AGAIN_S, type DoorOptions, isFromPage, listen, MAX_BODY, portOf, SENTENCES } from './door.ts'
import { refused, taken } from './replies.ts'

const PACKINGS: Readonly<Record<string, Packing>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
}

interface Refusal {
  readonly status: number
  /** of google.rpc.Code */
  readonly code: number
  readonly message: string
}

export class HttpDoor {
  readonly #server: Server
  readonly #options: DoorOptions

  private constructor(options: DoorOptions) {
    this.#options = options
    this.#server = createServer({ headersTimeout: 10_000, requestTimeout: ARRIVAL_MS }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500)
        response.end()
        options.onRefused(String(error), false)
      })
    })
  }

  /** @throws WatchdeckError `conflict` when the port is taken */
  static async listen(options: DoorOptions): Promise<HttpDoor> {
    const door = new HttpDoor(options)
    await listen(door.#server, options.port)
    return door
  }

  get port(): number {
    return portOf(this.#server)
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
    const refuse = ({ status, code, message }: Refusal): void => {
      const again = status === 429 || status === 503
      this.#options.onRefused(message, again)
      // what is still arriving is not read
      if (!request.complete) response.shouldKeepAlive = false
      reply(status, refused(isJson, code, message), again ? { 'retry-after': String(COME_AGAIN_S) } : {})
    }
    const head = this.#head(request)
    if ('status' in head) return refuse(head)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const bytes = await this.#read(request)
    if (!(bytes instanceof Uint8Array)) return refuse(bytes)
    const verdict = await this.#options.take({ ...head, bytes }, gone.signal)
    if (verdict === 'full') return refuse({ status: 429, code: 8, message: SENTENCES.full })
    if (verdict === 'failed') return refuse({ status: 503, code: 14, message: SENTENCES.failed })
    if (!verdict.ok) return refuse({ status: verdict.status, code: 3, message: verdict.message })
    reply(200, taken(head.signal, isJson, verdict.rejected, verdict.message))
  }

  #head(request: IncomingMessage): Omit<Body, 'bytes'> | Refusal {
    const { headers } = request
    const port = this.port
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    if (!hosts.includes(headers.host?.toLowerCase() ?? '')) return { status: 421, code: 7, message: SENTENCES.host }
    if (isFromPage(headers)) return { status: 403, code: 7, message: SENTENCES.page }
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
    const { arriving } = this.#options
    const parts: Buffer[] = []
    let size = 0
    try {
      // an answer is still given when it is left early
      for await (const part of request.iterator({ destroyOnReturn: false })) {
        const bytes = part as Buffer
        size += bytes.length
        const isRoom = arriving.add(bytes.length)
        if (size > MAX_BODY) return TOO_LARGE
        if (!isRoom) return { status: 429, code: 8, message: SENTENCES.arriving }
        parts.push(bytes)
      }
      return Buffer.concat(parts, size)
    } catch {
      // nobody is there to hear the answer
      return { status: 400, code: 3, message: SENTENCES.cut }
    } finally {
      arriving.free(size)
    }
  }
}

const TOO_LARGE: Refusal = { status: 413, code: 3, message: SENTENCES.large }

function mediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

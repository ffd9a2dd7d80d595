// The gRPC side of the receiver: unary Export of the three OTLP services over HTTP/2 without TLS, on Node's own http2.
// https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html, https://opentelemetry.io/docs/specs/otlp/#otlpgrpc

import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Body, Packing, Signal } from './bodies.ts'
import { ARRIVAL_MS, COME_AGAIN_S, type DoorOptions, isFromPage, listen, MAX_BODY, portOf, SENTENCES } from './door.ts'
import { refused, taken } from './replies.ts'

const SERVICES: Readonly<Record<string, Signal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
}
const PACKINGS: Readonly<Record<string, Packing>> = { gzip: 'gzip', deflate: 'deflate', zstd: 'zstd' }
const ACCEPTED = 'identity, gzip, deflate, zstd'
const HOSTS = ['127.0.0.1', 'localhost', '[::1]']

const CODE = { invalid: 3, denied: 7, exhausted: 8, unimplemented: 12, internal: 13, unavailable: 14 } as const

/** A compressed flag and four bytes of length before each message. */
const PREFIX = 5
const MAX_SESSIONS = 256
const MAX_STREAMS = 100
/** A sender that does not answer a ping until the next one is gone. */
const PING_MS = 30_000
/** Of a sender, between two of our own. */
const MAX_PINGS = 600
/** After which a sender that takes no answer is left. */
const CLOSE_MS = 5000

interface Refusal {
  readonly code: number
  readonly message: string
  /** the same request may come again */
  readonly again?: boolean
}

interface Peer {
  pings: number
  isSilent: boolean
}

export class GrpcDoor {
  readonly #server: Http2Server
  readonly #options: DoorOptions
  readonly #peers = new Map<ServerHttp2Session, Peer>()
  readonly #keepAlive: NodeJS.Timeout
  #isClosing = false

  private constructor(options: DoorOptions) {
    this.#options = options
    this.#server = createServer({
      // what a hostile or broken peer may cost: Node ends a session that goes past these
      maxSessionMemory: 16,
      maxSettings: 32,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      maxHeaderListPairs: 64,
      unknownProtocolTimeout: 5000,
      settings: {
        enablePush: false,
        maxConcurrentStreams: MAX_STREAMS,
        maxHeaderListSize: 16_384,
        initialWindowSize: 1 << 20,
      },
    })
    this.#server.maxConnections = MAX_SESSIONS
    this.#server.on('session', (session) => this.#greet(session))
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => {
        // the peer has cut it off; `close` follows
      })
      this.#answer(stream, headers).catch((error: unknown) => {
        this.#refuse(stream, { code: CODE.internal, message: String(error) })
      })
    })
    this.#keepAlive = setInterval(() => this.#ping(), PING_MS)
    this.#keepAlive.unref()
  }

  /** @throws WatchdeckError `conflict` when the port is taken */
  static async listen(options: DoorOptions): Promise<GrpcDoor> {
    const door = new GrpcDoor(options)
    try {
      await listen(door.#server, options.port)
    } catch (error) {
      clearInterval(door.#keepAlive)
      throw error
    }
    return door
  }

  get port(): number {
    return portOf(this.#server)
  }

  /** Answers what is under way and says UNAVAILABLE to what comes after, then closes. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#keepAlive)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#peers.keys()) {
      // destroyed and not yet closed: its socket is still being waited for
      if (session.destroyed) continue
      session.goaway(constants.NGHTTP2_NO_ERROR)
      session.close()
    }
    const leave = setTimeout(() => {
      for (const session of this.#peers.keys()) session.destroy()
    }, CLOSE_MS)
    await closed
    clearTimeout(leave)
  }

  #greet(session: ServerHttp2Session): void {
    const peer: Peer = { pings: 0, isSilent: false }
    this.#peers.set(session, peer)
    session.setLocalWindowSize(8 << 20)
    session.on('error', () => {
      // not HTTP/2, or past a limit: the session is over, `close` follows
    })
    session.on('close', () => this.#peers.delete(session))
    session.on('ping', () => {
      if (++peer.pings > MAX_PINGS) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    })
  }

  #ping(): void {
    for (const [session, peer] of this.#peers) {
      if (session.destroyed) continue
      if (peer.isSilent) {
        session.destroy()
        continue
      }
      peer.pings = 0
      peer.isSilent = true
      session.ping(() => {
        peer.isSilent = false
      })
    }
  }

  async #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const head = this.#head(headers)
    if (typeof head === 'number') {
      stream.respond({ ':status': head }, { endStream: true })
      stream.close(constants.NGHTTP2_NO_ERROR)
      return this.#options.onRefused('The content type of gRPC is application/grpc, sent by POST.', false)
    }
    if ('code' in head) return this.#refuse(stream, head)
    const gone = new AbortController()
    stream.once('close', () => gone.abort())
    const body = await this.#read(stream, head)
    if ('code' in body) return this.#refuse(stream, body)
    const verdict = await this.#options.take(body, gone.signal)
    if (verdict === 'full') return this.#refuse(stream, { code: CODE.exhausted, message: SENTENCES.full, again: true })
    if (verdict === 'failed')
      return this.#refuse(stream, { code: CODE.unavailable, message: SENTENCES.failed, again: true })
    if (!verdict.ok)
      return this.#refuse(stream, {
        code: verdict.status === 413 ? CODE.exhausted : CODE.invalid,
        message: verdict.message,
      })
    if (stream.destroyed) return
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': ACCEPTED },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(framed(taken(head.signal, false, verdict.rejected, verdict.message)))
  }

  /** What is asked for; a number is an HTTP status, for what is no gRPC. */
  #head(headers: IncomingHttpHeaders): { signal: Signal; packing: Packing | undefined } | Refusal | number {
    const type = headers['content-type'] ?? ''
    if (type !== 'application/grpc' && type !== 'application/grpc+proto' && !type.startsWith('application/grpc;'))
      return 415
    if (headers[':method'] !== 'POST') return 405
    if (this.#isClosing) return { code: CODE.unavailable, message: SENTENCES.closing, again: true }
    const host = (headers[':authority'] ?? headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
    if (!HOSTS.includes(host)) return { code: CODE.denied, message: SENTENCES.host }
    if (isFromPage(headers)) return { code: CODE.denied, message: SENTENCES.page }
    const path = headers[':path'] ?? ''
    const signal = Object.hasOwn(SERVICES, path) ? SERVICES[path] : undefined
    if (signal === undefined)
      return {
        code: CODE.unimplemented,
        message: 'There are Export of TraceService, LogsService and MetricsService, opentelemetry.proto.collector v1.',
      }
    const name = String(headers['grpc-encoding'] ?? 'identity')
    const packing = Object.hasOwn(PACKINGS, name) ? PACKINGS[name] : undefined
    if (packing === undefined && name !== 'identity')
      return { code: CODE.unimplemented, message: 'The message encoding is gzip, deflate, zstd or identity.' }
    return { signal, packing }
  }

  /** The one message of the call. */
  async #read(
    stream: ServerHttp2Stream,
    { signal, packing }: { signal: Signal; packing: Packing | undefined },
  ): Promise<Body | Refusal> {
    const { arriving } = this.#options
    const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), ARRIVAL_MS)
    let parts: Buffer[] = []
    let size = 0
    let length: number | undefined
    try {
      // an answer is still given when it is left early
      for await (const part of stream.iterator({ destroyOnReturn: false })) {
        const bytes = part as Buffer
        size += bytes.length
        parts.push(bytes)
        if (!arriving.add(bytes.length)) return { code: CODE.exhausted, message: SENTENCES.arriving, again: true }
        if (length === undefined && size >= PREFIX) {
          parts = [Buffer.concat(parts)]
          length = (parts[0] as Buffer).readUInt32BE(1)
          if (length > MAX_BODY) return { code: CODE.exhausted, message: SENTENCES.large }
        }
        if (length !== undefined && size > PREFIX + length)
          return { code: CODE.invalid, message: 'An export is one message.' }
      }
      if (length === undefined || size < PREFIX + length) return { code: CODE.invalid, message: SENTENCES.cut }
      const whole = Buffer.concat(parts)
      const flag = whole[0] as number
      if (flag > 1 || (flag === 1 && packing === undefined))
        return { code: CODE.internal, message: 'The message says it is packed, but not how.' }
      const bytes = whole.subarray(PREFIX)
      return { signal, isJson: false, packing: flag === 1 && packing !== undefined ? packing : 'identity', bytes }
    } catch {
      // nobody is there to hear the answer
      return { code: CODE.invalid, message: SENTENCES.cut }
    } finally {
      clearTimeout(late)
      arriving.free(size)
    }
  }

  #refuse(stream: ServerHttp2Stream, { code, message, again = false }: Refusal): void {
    this.#options.onRefused(message, again)
    if (stream.destroyed || stream.closed || stream.headersSent) return
    const details = refused(false, code, message, again ? COME_AGAIN_S : undefined)
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-accept-encoding': ACCEPTED,
        'grpc-status': String(code),
        'grpc-message': percentEncoded(message),
        'grpc-status-details-bin': Buffer.from(details).toString('base64').replace(/=+$/, ''),
      },
      { endStream: true },
    )
    // what is still arriving is not read
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
  }
}

function framed(message: Uint8Array): Buffer {
  const out = Buffer.alloc(PREFIX + message.length)
  out.writeUInt32BE(message.length, 1)
  out.set(message, PREFIX)
  return out
}

/** Of a status message: what is not plain ASCII, and the percent sign, as %XX of its UTF-8. */
function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, (run) =>
    Array.from(Buffer.from(run), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

// One live source over HTTP: authentication, limits, retries, breaker, ledger, streaming. Connectors say what to ask and how
// to read the answer; everything that is the same for all backends is here.
// Redirects are followed only within the same origin: credentials and tenant headers never reach another host.

import type { Dispatcher } from 'undici'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Load } from '../../../shared/contract/sources.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { Asking } from '../../../shared/domain/live-source.ts'
import type { ConnectorServices, Pulse } from '../../platform/connector.ts'
import { Authenticator } from './auth.ts'
import { ACCEPT_ENCODING, textOf, unpacked } from './body.ts'
import { dispatcherFor, type Tunnel } from './dispatcher.ts'
import { codeOf, Failure, failureOf, retryAfter } from './failures.ts'
import { Guard } from './guard.ts'
import { type Entry, Ledger } from './ledger.ts'
import { SharedWork } from './shared-work.ts'

export interface HttpQuestion {
  /** below the base path of the source, such as `api/v1/query` */
  readonly path: string
  readonly params?: URLSearchParams | undefined
  /** POST with the parameters as a form; others have them in the address */
  readonly method?: 'GET' | 'POST' | 'DELETE' | undefined
  /** the body of a POST, in place of a form; the parameters are then in the address */
  readonly json?: unknown
  readonly accept?: string | undefined
  /** default true, for reads: false for what changes the backend, which is sent once and shared with nobody */
  readonly idempotent?: boolean | undefined
  /** statuses besides 2xx that `read` wants to see */
  readonly also?: readonly number[] | undefined
  /**
   * What a web page in place of an answer means: a fault of something in between (default), that the server lacks the path
   * (user interfaces answer theirs for any), or the answer itself.
   */
  readonly page?: 'fault' | 'absent' | 'read' | undefined
}

export interface Head {
  readonly status: number
  readonly contentType: string
  /** epoch ms by the clock of the server; undefined when it does not say */
  readonly serverTime: number | undefined
  readonly load: Entry
}

/** Reads one answer; called anew for every attempt. */
export type Read<T> = (head: Head, body: AsyncIterable<Uint8Array>) => Promise<T>

/** The backend's own words for a refusal, from the beginning of its body; undefined: the general ones. */
export type Explain = (status: number, text: string) => Failure | undefined

const MAX_REDIRECTS = 3
const ERROR_TEXT = 65_536

export class HttpSource {
  readonly spec: SourceSpec
  readonly #services: ConnectorServices
  readonly #explain: Explain
  readonly #auth: Authenticator
  readonly #guard: Guard
  readonly #shared = new SharedWork()
  readonly ledger = new Ledger()
  readonly #tunnel: Tunnel | undefined
  #dispatcher: Promise<Dispatcher> | undefined

  constructor(
    spec: SourceSpec,
    services: ConnectorServices,
    options: { explain: Explain; changed: () => void; tunnel?: Tunnel | undefined },
  ) {
    this.spec = spec
    this.#services = services
    this.#explain = options.explain
    this.#tunnel = options.tunnel
    this.#auth = new Authenticator(spec, services)
    this.#guard = new Guard(spec.limits, services.clock, options.changed)
  }

  /** The same question, asked again while it is under way, is one request. @throws WatchdeckError */
  async ask<T>(question: HttpQuestion, asking: Asking, read: Read<T>): Promise<T> {
    const load = this.ledger.of(asking.view)
    if (question.idempotent === false)
      return await this.#guard.run(() => this.#attempt(question, asking.signal, load, read), {
        idempotent: false,
        signal: asking.signal,
        load,
      })
    const key = `${question.method ?? 'GET'} ${question.path} ${question.params?.toString() ?? ''}`
    return await this.#shared.do(
      key,
      asking.signal,
      (signal) =>
        this.#guard.run(() => this.#attempt(question, signal, load, read), {
          idempotent: true,
          signal,
          load,
        }),
      () => load.shared++,
    )
  }

  async #attempt<T>(question: HttpQuestion, signal: AbortSignal, load: Entry, read: Read<T>): Promise<T> {
    const { timeoutMs } = this.spec.limits
    const deadline = AbortSignal.timeout(timeoutMs)
    const both = AbortSignal.any([signal, deadline])
    try {
      return await this.#exchange(question, both, load, read)
    } catch (error) {
      if (deadline.aborted && !signal.aborted)
        throw new Failure(
          new WatchdeckError('timeout', `The source gave no whole answer within ${timeoutMs / 1000} s.`, {
            hint: 'It may be overloaded or frozen. Ask for less, or raise the limit among the settings of the source.',
            cause: error,
          }),
          { outage: true },
        )
      const failure = failureOf(error, signal)
      // certificates and keys may have been renewed on disk: the next attempt reads them again
      if (failure.outage && codeOf(error) !== undefined) await this.#forgetWay()
      throw failure
    }
  }

  async #exchange<T>(question: HttpQuestion, signal: AbortSignal, load: Entry, read: Read<T>): Promise<T> {
    let url = this.urlOf(question)
    for (let hops = 0, again = true; ; ) {
      const response = await this.#send(url, question, signal)
      const status = response.statusCode
      if (status === 401 && again && this.#auth.refused()) {
        again = false
        await response.body.dump()
        continue
      }
      if (status >= 301 && status <= 308 && status !== 304) {
        await response.body.dump()
        url = this.#redirected(url, text(response.headers['location']), question, hops++)
        continue
      }
      const head: Head = {
        status,
        contentType: text(response.headers['content-type']) ?? '',
        serverTime: dateOf(text(response.headers['date'])),
        load,
      }
      const body = unpacked(response.body, text(response.headers['content-encoding']) ?? '', {
        bytes: this.spec.limits.answerBytes,
        load,
      })
      if ((status >= 200 && status < 300) || question.also?.includes(status)) {
        if (question.page !== 'read' && /^text\/html|^application\/xhtml/i.test(head.contentType)) {
          const beginning = await textOf(body, 2000)
          throw question.page === 'absent' ? absent(status) : pageInstead(beginning)
        }
        return await read(head, body)
      }
      throw this.#refusal(status, response.headers, await textOf(body, ERROR_TEXT))
    }
  }

  async #send(url: URL, question: HttpQuestion, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const way = () => this.#way()
    const method = question.method ?? 'GET'
    const isPost = method === 'POST'
    const isJson = isPost && question.json !== undefined
    const contentType = isJson ? 'application/json' : isPost ? 'application/x-www-form-urlencoded' : undefined
    const body = isJson ? JSON.stringify(question.json) : isPost ? (question.params?.toString() ?? '') : ''
    const headers = await this.#auth.headers(way, signal, { method, url, body, contentType })
    const dispatcher = await way()
    const response = dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        accept: question.accept ?? 'application/json',
        'accept-encoding': ACCEPT_ENCODING,
        'user-agent': 'watchdeck',
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...headers,
      },
      body: isPost ? body : null,
      signal,
    })
    return await orAborted(response, signal)
  }

  /** The base path is kept: servers live below paths of proxies. */
  urlOf(question: HttpQuestion): URL {
    const url = new URL(this.spec.url)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${question.path}`
    const isForm = question.method === 'POST' && question.json === undefined
    url.search = isForm ? '' : (question.params?.toString() ?? '')
    return url
  }

  #redirected(from: URL, location: string | undefined, question: HttpQuestion, hops: number): URL {
    if (location === undefined || !URL.canParse(location, from.href))
      throw new Failure(new WatchdeckError('unavailable', 'The server redirects to nowhere.'), { outage: true })
    const to = new URL(location, from)
    if (to.origin !== from.origin)
      throw new Failure(
        new WatchdeckError(
          'unavailable',
          `The server redirects to another address, ${to.origin}; nothing was sent there.`,
          {
            hint: 'When that is where the source lives, give that address. When it is a sign-in page, this source needs other credentials.',
            retryable: false,
          },
        ),
        { outage: true },
      )
    if (hops >= MAX_REDIRECTS)
      throw new Failure(new WatchdeckError('unavailable', 'The server redirects in a circle.'), { outage: true })
    // the question itself stays: a moved path gets the same parameters
    if (question.method !== 'POST' && to.search === '') to.search = from.search
    return to
  }

  #refusal(status: number, headers: Dispatcher.ResponseData['headers'], body: string): Failure {
    const wait = retryAfter(text(headers['retry-after']), Date.now())
    const html = /^\s*<(!doctype|html)/i.test(body)
    const own = html ? undefined : this.#explain(status, body)
    if (own) return own
    if (status === 401 || status === 407)
      return new Failure(
        new WatchdeckError(
          'unauthenticated',
          status === 401 ? 'The source does not know who asks (401).' : 'The proxy wants credentials (407).',
          {
            hint:
              status === 401
                ? 'Check user name, password or token; it may have expired.'
                : 'Give user name and password of the proxy.',
          },
        ),
        { outage: true },
      )
    if (status === 403)
      return new Failure(
        new WatchdeckError('permission_denied', 'The source knows who asks, and does not allow it (403).', {
          hint: 'Ask for read access, or check the tenant.',
        }),
      )
    if (status === 404 || status === 405) return absent(status)
    if (status === 429)
      return new Failure(
        new WatchdeckError('unavailable', 'The source asks for fewer queries (429).', {
          hint: 'Lower the rate among the settings of the source, or close views that ask it.',
        }),
        { transient: true, retryAfterMs: wait },
      )
    if (status >= 500)
      return new Failure(
        new WatchdeckError(
          'unavailable',
          `The server failed (${status})${html ? ', answered by a page of something in between' : ''}.`,
          {
            hint: 'Its own log says why. What comes from other sources is not affected.',
          },
        ),
        { transient: status !== 501, outage: status !== 501, retryAfterMs: wait },
      )
    return new Failure(
      new WatchdeckError('unavailable', `The source refused the query (${status}).`, { retryable: false }),
    )
  }

  #way(): Promise<Dispatcher> {
    this.#dispatcher ??= dispatcherFor(this.spec, this.#services, this.#tunnel)
    return this.#dispatcher
  }

  async #forgetWay(): Promise<void> {
    const old = this.#dispatcher
    this.#dispatcher = undefined
    // a way that could not be made has nothing to close
    const dispatcher = await old?.catch(() => undefined)
    dispatcher?.close().catch((error: unknown) => this.#services.warn('closing connections failed', { error }))
  }

  pulse(): Pulse {
    return this.#guard.pulse()
  }

  get silentSince(): string | undefined {
    return this.#guard.silentSince
  }

  load(): readonly Load[] {
    return this.ledger.all()
  }

  async close(): Promise<void> {
    const dispatcher = await this.#dispatcher?.catch(() => undefined)
    this.#dispatcher = undefined
    await dispatcher?.destroy()
    this.#tunnel?.close()
  }
}

function absent(status: number): Failure {
  return new Failure(
    new WatchdeckError('not_found', `The source has nothing at this path (${status}).`, {
      hint: 'Check the path of the address: some servers live below one, such as /prometheus.',
    }),
  )
}

function pageInstead(body: string): Failure {
  const title = /<title[^>]*>([^<]{1,120})/i.exec(body)?.[1]?.trim()
  const named = title === undefined ? '' : ` (“${title}”)`
  return new Failure(
    new WatchdeckError('unavailable', `A web page came instead of an answer${named}.`, {
      hint: 'Something in between answered: a sign-in page, a proxy, or the path is that of a user interface.',
    }),
    { outage: true },
  )
}

const text = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header)

function dateOf(header: string | undefined): number | undefined {
  const at = header === undefined ? NaN : Date.parse(header)
  return Number.isNaN(at) ? undefined : at
}

/**
 * undici heeds a signal only when there is a connection: where packets are dropped, that is long after the person left or
 * the time was up. It lets go of the request itself when the connection comes about or fails.
 */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) left()
    signal.addEventListener('abort', left, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', left))
  })
}

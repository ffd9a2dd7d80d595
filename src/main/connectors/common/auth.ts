// The headers that say who asks. Secrets are read at each use; a token of OAuth 2 is kept until shortly before it expires.

import * as oauth from 'oauth4webapi'
import { type Dispatcher, fetch as undiciFetch } from 'undici'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Auth, SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import { Failure, failureOf } from './failures.ts'
import { signedHeaders, type SignedRequest } from './sigv4.ts'

/** A token is renewed this long before it expires. */
const EARLY_MS = 30_000
const DEFAULT_LIFE_S = 300
/** Where a backend's own default is not the header of Mimir, Cortex and Loki (protocols: Jaeger 13). */
const TENANT_HEADER: Readonly<Partial<Record<SourceSpec['kind'], string>>> = { jaeger: 'x-tenant' }

export class Authenticator {
  readonly #spec: SourceSpec
  readonly #services: ConnectorServices
  #token: { readonly text: string; readonly until: number } | undefined
  #fetching: Promise<string> | undefined
  /** a token that a program printed was refused: it is run again */
  #stale = false

  constructor(spec: SourceSpec, services: ConnectorServices) {
    this.#spec = spec
    this.#services = services
  }

  /**
   * @param via how the token address is reached
   * @param request what is sent with them: a signature covers it
   * @throws WatchdeckError `unauthenticated` for a missing secret; Failure for a token address that does not answer
   */
  async headers(
    via: () => Promise<Dispatcher>,
    signal: AbortSignal,
    request: SignedRequest,
  ): Promise<Record<string, string>> {
    const headers: Record<string, string> = {}
    const { auth } = this.#spec
    const secret = this.#services.secret
    if (auth.type === 'basic') headers['authorization'] = basic(auth.username, await secret(auth.password))
    else if (auth.type === 'bearer') {
      headers['authorization'] = `Bearer ${oneLine(await secret(auth.token, this.#stale))}`
      this.#stale = false
    } else if (auth.type === 'apiKey') headers[auth.header.toLowerCase()] = oneLine(await secret(auth.key))
    else if (auth.type === 'oauth2') headers['authorization'] = `Bearer ${await this.#oauthToken(auth, via, signal)}`
    if (this.#spec.tenant) headers[TENANT_HEADER[this.#spec.kind] ?? 'x-scope-orgid'] = this.#spec.tenant
    for (const [name, value] of Object.entries(this.#spec.headers ?? {}))
      headers[name.toLowerCase()] = oneLine(await secret(value))
    // last: whatever else is sent stays outside of what is signed, proxies may change it
    if (auth.type === 'sigv4') Object.assign(headers, await signedHeaders(auth, secret, request))
    return headers
  }

  /** The server answered 401. True when another try with a fresh token makes sense. */
  refused(): boolean {
    const { auth } = this.#spec
    if (auth.type === 'bearer' && typeof auth.token !== 'string' && 'command' in auth.token) {
      this.#stale = true
      return true
    }
    const had = this.#token !== undefined
    this.#token = undefined
    return had && auth.type === 'oauth2'
  }

  async #oauthToken(
    auth: Extract<Auth, { type: 'oauth2' }>,
    via: () => Promise<Dispatcher>,
    signal: AbortSignal,
  ): Promise<string> {
    if (this.#token && this.#token.until > Date.now()) return this.#token.text
    // one request for all that wait; it belongs to none of them, so no caller's signal ends it
    this.#fetching ??= this.#fetchToken(auth, via).finally(() => {
      this.#fetching = undefined
    })
    signal.throwIfAborted()
    return await this.#fetching
  }

  async #fetchToken(auth: Extract<Auth, { type: 'oauth2' }>, via: () => Promise<Dispatcher>): Promise<string> {
    const secret = await this.#services.secret(auth.clientSecret)
    const dispatcher = await via()
    const server: oauth.AuthorizationServer = { issuer: new URL(auth.tokenUrl).origin, token_endpoint: auth.tokenUrl }
    const client: oauth.Client = { client_id: auth.clientId }
    const parameters = new URLSearchParams()
    if (auth.scopes.length > 0) parameters.set('scope', auth.scopes.join(' '))
    if (auth.audience !== undefined) parameters.set('audience', auth.audience)
    const how = auth.method === 'basic' ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret)
    const limit = AbortSignal.timeout(15_000)
    try {
      const response = await oauth.clientCredentialsGrantRequest(server, client, how, parameters, {
        signal: limit,
        [oauth.allowInsecureRequests]: auth.tokenUrl.startsWith('http:'),
        [oauth.customFetch]: async (url, options) => {
          const answer = await undiciFetch(url, {
            method: options.method,
            headers: options.headers,
            body: options.body.toString(),
            redirect: 'manual',
            signal: limit,
            dispatcher,
          })
          return new Response(await answer.text(), {
            status: answer.status,
            headers: { 'content-type': answer.headers.get('content-type') ?? '' },
          })
        },
      })
      const token = await oauth.processClientCredentialsResponse(server, client, response)
      const life = (token.expires_in ?? DEFAULT_LIFE_S) * 1000
      this.#token = { text: token.access_token, until: Date.now() + Math.max(1000, life - EARLY_MS) }
      return token.access_token
    } catch (error) {
      throw refusal(error, limit)
    }
  }
}

function refusal(error: unknown, limit: AbortSignal): Failure {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.OperationProcessingError) {
    const said = error instanceof oauth.ResponseBodyError ? `: ${error.error}` : ''
    return new Failure(
      new WatchdeckError('unauthenticated', `The token address gave no token${said}.`, {
        hint: 'Check client id, client secret and scopes.',
        cause: error,
      }),
      { outage: true },
    )
  }
  if (limit.aborted)
    return new Failure(new WatchdeckError('timeout', 'The token address did not answer.', { cause: error }), {
      outage: true,
    })
  return failureOf(error, new AbortController().signal)
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`

/** A header with a line break would let a secret's file write headers of its own. */
function oneLine(text: string): string {
  if (/^[\t\x20-\x7e\x80-\uffff]*$/.test(text)) return text
  throw new WatchdeckError(
    'invalid_input',
    'A secret that is sent as a header holds a line break or another control character.',
  )
}

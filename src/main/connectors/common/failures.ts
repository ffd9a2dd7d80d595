// What went wrong on the way to a source, as an error that says what it means and what to do.

import { WatchdeckError } from '../../../shared/base/errors.ts'

/** A failed attempt, with what the policies need to know about it. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly error: WatchdeckError
  /** asking once more soon may help */
  readonly transient: boolean
  /** it says something about the source, not about this question: counts for the breaker and the pulse */
  readonly outage: boolean
  readonly retryAfterMs: number | undefined

  constructor(
    error: WatchdeckError,
    how: { transient?: boolean; outage?: boolean; retryAfterMs?: number | undefined } = {},
  ) {
    super(error.message, { cause: error })
    this.error = error
    this.transient = how.transient ?? false
    this.outage = how.outage ?? false
    this.retryAfterMs = how.retryAfterMs
  }
}

interface Known {
  readonly message: string
  readonly hint: string
  readonly code?: 'unavailable' | 'timeout' | 'unauthenticated' | 'permission_denied'
  readonly transient?: boolean
}

const TLS_HINT = 'Add the certificate of the authority under TLS, or ask whoever runs the server.'

/** By the `code` of Node's and undici's errors. */
const KNOWN: Readonly<Record<string, Known>> = {
  ECONNREFUSED: {
    message: 'Nothing listens at the address: the connection was refused.',
    hint: 'Check host and port, and whether the server runs.',
    transient: true,
  },
  ENOTFOUND: {
    message: 'The host name is not known.',
    hint: 'Check the name; inside a company network a VPN or a bastion may be needed.',
  },
  EAI_AGAIN: { message: 'The name service did not answer.', hint: 'Is the network there?', transient: true },
  EHOSTUNREACH: { message: 'There is no way to the host.', hint: 'Is the network or the VPN there?' },
  ENETUNREACH: { message: 'There is no way to the network of the host.', hint: 'Is the network or the VPN there?' },
  ETIMEDOUT: {
    message: 'The server did not answer the connection.',
    hint: 'A firewall may drop the packets; a VPN, proxy or bastion may be needed.',
    code: 'timeout',
  },
  UND_ERR_CONNECT_TIMEOUT: {
    message: 'The server did not answer the connection.',
    hint: 'A firewall may drop the packets; a VPN, proxy or bastion may be needed.',
    code: 'timeout',
  },
  UND_ERR_HEADERS_TIMEOUT: {
    message: 'The server took the query and did not answer in time.',
    hint: 'It may be overloaded or frozen. Ask for less: a shorter range or a narrower query.',
    code: 'timeout',
  },
  UND_ERR_BODY_TIMEOUT: {
    message: 'The server stopped in the middle of its answer.',
    hint: 'It may be overloaded or frozen.',
    code: 'timeout',
  },
  ECONNRESET: {
    message: 'The connection was cut.',
    hint: 'The server or something in between ended it.',
    transient: true,
  },
  EPIPE: { message: 'The connection was cut.', hint: 'The server or something in between ended it.', transient: true },
  UND_ERR_SOCKET: {
    message: 'The connection was cut in the middle of the answer.',
    hint: 'The server or something in between ended it.',
    transient: true,
  },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    message: 'The answer ended before it was whole.',
    hint: 'The server or something in between ended it.',
    transient: true,
  },
  CERT_HAS_EXPIRED: {
    message: 'The certificate of the server has expired.',
    hint: 'It must be renewed; nothing was sent. If it is valid elsewhere, the clock of this machine may be wrong.',
  },
  CERT_NOT_YET_VALID: {
    message: 'The certificate of the server is not valid yet.',
    hint: 'The clock of this machine may be wrong.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'The certificate is for another host name.',
    hint: 'Use the name that the certificate has, or give it under TLS as the server name. Nothing was sent.',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    message: 'The certificate was issued by an authority that this machine does not know.',
    hint: TLS_HINT,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { message: 'The certificate is self-signed.', hint: TLS_HINT },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    message: 'The certificate was issued by an authority that this machine does not know.',
    hint: TLS_HINT,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    message: 'The certificate was issued by an authority that this machine does not know.',
    hint: TLS_HINT,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    message: 'The server does not speak TLS at this port.',
    hint: 'Try http:// instead of https://.',
  },
  UND_ERR_SOCKS5_AUTH_FAILED: {
    message: 'The SOCKS proxy did not accept the user name and password.',
    hint: 'Check them in the settings of the proxy.',
    code: 'unauthenticated',
  },
  UND_ERR_SOCKS5_AUTH_REJECTED: {
    message: 'The SOCKS proxy asks for another way to sign in than the ones there are (none, user name and password).',
    hint: 'Give a user name and password in the settings of the proxy.',
    code: 'unauthenticated',
  },
  UND_ERR_SOCKS5_VERSION: {
    message: 'What answers at the address of the proxy does not speak SOCKS 5.',
    hint: 'Check the port, and whether it is an HTTP proxy: http:// instead of socks5://.',
  },
  UND_ERR_SOCKS5_REPLY_2: {
    message: 'The SOCKS proxy does not let this host through.',
    hint: 'Its owner must allow it.',
    code: 'permission_denied',
  },
  UND_ERR_SOCKS5_REPLY_3: {
    message: 'The SOCKS proxy has no way to the network of the host.',
    hint: 'Check the name: it is looked up by the proxy.',
  },
  UND_ERR_SOCKS5_REPLY_4: {
    message: 'The SOCKS proxy could not reach the host.',
    hint: 'Check the name: it is looked up by the proxy.',
  },
  UND_ERR_SOCKS5_REPLY_5: {
    message: 'The SOCKS proxy was refused by the server: nothing listens there.',
    hint: 'Check host and port, and whether the server runs.',
    transient: true,
  },
  UND_ERR_PRX_TLS: { message: 'The proxy could not be reached safely.', hint: 'Check the address of the proxy.' },
}

/** What the server ended the handshake with. OpenSSL's names have a prefix that differs by version, such as SSL/TLS_ or TLSV13_. */
const ALERTS: ReadonlyArray<readonly [RegExp, Known]> = [
  [
    /ALERT_CERTIFICATE_REQUIRED$/,
    {
      message: 'The server wants a client certificate.',
      hint: 'Give certificate and key under TLS.',
      code: 'unauthenticated',
    },
  ],
  [
    /ALERT_(BAD|UNSUPPORTED)_CERTIFICATE$|ALERT_CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)$/,
    {
      message: 'The server did not accept the client certificate.',
      hint: 'Check certificate and key under TLS; it may have expired.',
      code: 'unauthenticated',
    },
  ],
  [
    /ALERT_UNKNOWN_CA$/,
    {
      message: 'The server does not know the authority of the client certificate.',
      hint: 'Check certificate and key under TLS.',
      code: 'unauthenticated',
    },
  ],
  [
    /ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|ACCESS_DENIED)$/,
    {
      message: 'The server ended the TLS handshake.',
      hint: 'It may want a client certificate (give it under TLS) or speak another version of TLS.',
      code: 'unauthenticated',
    },
  ],
]

const knownFor = (code: string | undefined): Known | undefined =>
  code === undefined ? undefined : (KNOWN[code] ?? ALERTS.find(([name]) => name.test(code))?.[1])

/** True for what the far end of TLS said before it hung up. */
export const isTlsAlert = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^ERR_SSL_.*_ALERT_/.test(error.code)

export const CANCELLED = new WatchdeckError('cancelled', 'The call was cancelled.')

/** @param signal of the caller: when it has aborted, nothing failed */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof Failure) return error
  if (signal.aborted) return new Failure(CANCELLED)
  if (error instanceof WatchdeckError) return new Failure(error)
  const code = codeOf(error)
  const known = knownFor(code)
  if (known)
    return new Failure(
      new WatchdeckError(known.code ?? 'unavailable', known.message, { hint: known.hint, cause: error }),
      {
        outage: true,
        transient: known.transient ?? false,
      },
    )
  if (code?.startsWith('HPE_'))
    return new Failure(
      new WatchdeckError('unavailable', 'What answers there does not speak HTTP.', {
        hint: 'Check the port, and whether it is http:// or https://.',
        cause: error,
      }),
      { outage: true },
    )
  const message = error instanceof Error ? error.message : String(error)
  if (/proxy response|Proxy/i.test(message))
    return new Failure(
      new WatchdeckError('unavailable', 'The proxy refused to connect.', {
        hint: 'Check its address, user name and password, and whether it lets this host through.',
        cause: error,
      }),
      { outage: true },
    )
  return new Failure(
    new WatchdeckError('unavailable', `The source could not be reached (${code ?? 'unknown reason'}).`, {
      cause: error,
    }),
    { outage: true },
  )
}

/** The innermost code: an AggregateError has one per address tried, a wrapped one its cause. */
export function codeOf(error: unknown, depth = 4): string | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined
  const inner = error instanceof AggregateError ? codeOf(error.errors[0], depth - 1) : codeOf(error.cause, depth - 1)
  if (inner !== undefined) return inner
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** `Retry-After` in seconds or as a date, in ms from now; undefined when there is none. */
export function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

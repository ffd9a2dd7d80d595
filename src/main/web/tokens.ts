// The way in: a token from the address is good once and shortly, and buys a cookie that is good for a week, restarts
// included. Only hashes are kept, compared without leaking where they differ.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 32
const MAX_SESSIONS = 64
const MAX_TOKENS = 32
const SESSION_LIFE_MS = 7 * 24 * 3_600_000

/** Another program on this host may serve on another port under the same cookie jar: the name carries the port. */
export const cookieName = (port: number): string => `watchdeck-${port}`

interface Session {
  /** SHA-256 of the cookie, hex */
  readonly hash: string
  /** ms since the epoch */
  readonly until: number
}

export interface GateOptions {
  now?: (() => number) | undefined
  /** of a token, ms */
  lifeMs?: number | undefined
  /** of an earlier run */
  sessions?: readonly Session[] | undefined
  /** told all of them whenever one is added */
  onSessions?: ((sessions: Session[]) => void) | undefined
}

export class Gate {
  readonly #now: () => number
  readonly #lifeMs: number
  #tokens: Array<{ hash: Buffer; until: number }> = []
  #sessions: Array<{ hash: Buffer; until: number }> = []
  readonly #onSessions: GateOptions['onSessions']

  constructor(options: GateOptions = {}) {
    this.#now = options.now ?? Date.now
    this.#lifeMs = options.lifeMs ?? 10 * 60_000
    this.#sessions = (options.sessions ?? []).map(({ hash, until }) => ({ hash: Buffer.from(hash, 'hex'), until }))
    this.#onSessions = options.onSessions
  }

  /** A fresh token for an address: 43 characters of base64url. */
  mint(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const now = this.#now()
    this.#tokens = this.#tokens.filter((t) => t.until > now).slice(-(MAX_TOKENS - 1))
    this.#tokens.push({ hash: digest(token), until: now + this.#lifeMs })
    return token
  }

  /** The cookie's value for a token, which is used up; undefined when it is unknown, used or too old. */
  exchange(token: string): string | undefined {
    const wanted = digest(token)
    const now = this.#now()
    const at = this.#tokens.findIndex((t) => timingSafeEqual(t.hash, wanted))
    const found = this.#tokens[at]
    if (!found) return undefined
    this.#tokens.splice(at, 1)
    if (found.until <= now) return undefined
    const session = randomBytes(TOKEN_BYTES).toString('base64url')
    // the oldest makes room: 64 browsers on one laptop are not people
    const good = this.#sessions.filter((s) => s.until > now)
    this.#sessions = [...good.slice(-(MAX_SESSIONS - 1)), { hash: digest(session), until: now + SESSION_LIFE_MS }]
    this.#onSessions?.(this.#sessions.map(({ hash, until }) => ({ hash: hash.toString('hex'), until })))
    return session
  }

  admits(session: string | undefined): boolean {
    if (session === undefined) return false
    const wanted = digest(session)
    const now = this.#now()
    return this.#sessions.some((known) => timingSafeEqual(known.hash, wanted) && known.until > now)
  }
}

/** The value of one cookie; the first wins, as browsers send the most specific first. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const eq = part.indexOf('=')
    if (eq > 0 && part.slice(0, eq).trim() === name) return part.slice(eq + 1).trim()
  }
  return undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

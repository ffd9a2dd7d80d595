// What a window may do: pure decisions with hostile inputs in their test. The default is no.

import { extname, isAbsolute } from 'node:path'

export const SCHEME = 'watchdeck'
export const PAGE_ORIGIN = `${SCHEME}://app`

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** Our own page, by scheme and host together; `watchdeck://app.evil` and `watchdeck://app@evil` are not. */
export function isOwnPage(url: string): boolean {
  const parsed = parse(url)
  return parsed?.protocol === `${SCHEME}:` && parsed.host === 'app' && parsed.username === '' && parsed.password === ''
}

/** A window stays on its page: only the page itself may be loaded, again or with another hash. */
export function mayNavigate(url: string): boolean {
  const parsed = parse(url)
  return isOwnPage(url) && (parsed?.pathname === '/' || parsed?.pathname === '/index.html')
}

/** A link may be handed to the person's browser when it is plain https or http without credentials. */
export function externalUrl(url: string): string | undefined {
  const parsed = parse(url)
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined
  if (parsed.username !== '' || parsed.password !== '') return undefined
  return parsed.href
}

const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

export function mayUse(permission: string, requestingUrl: string): boolean {
  return ALLOWED_PERMISSIONS.has(permission) && isOwnPage(requestingUrl)
}

/**
 * Whether the system's keychain protects anything. Of Linux alone the backend is known, and what it sealed: Chromium marks
 * with `v10` what it "sealed" with a word that everybody knows, also where the desktop has a keyring that does not run.
 */
export function protects(
  platform: NodeJS.Platform,
  available: boolean,
  backend: string | undefined,
  sealed: Uint8Array | undefined,
): boolean {
  if (!available) return false
  if (platform !== 'linux') return true
  if (backend === undefined || backend === 'basic_text' || backend === 'unknown') return false
  return sealed !== undefined && Buffer.from(sealed.subarray(0, 3)).toString() !== 'v10'
}

/** A message from a frame counts only when it is the top frame of our own page. */
export function trustSender(frame: { url: string; parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url)
}

/** The file that may be dragged out of a window: an incident file that is there, named absolutely. */
export function draggable(path: unknown, exists: (path: string) => boolean): string | undefined {
  if (typeof path !== 'string' || path.includes('\0') || !isAbsolute(path)) return undefined
  return extname(path).toLowerCase() === '.watchdeck' && exists(path) ? path : undefined
}

/** A name to offer in a save dialog: no folder, no control characters, nothing that the system refuses. */
export function saveName(name: unknown): string {
  const text = typeof name === 'string' ? name : ''
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, '-')
    .replace(/^[.\s-]+|[.\s-]+$/g, '')
    .slice(0, 120)
  const base = clean.replace(/\.watchdeck$/i, '')
  return `${base === '' ? 'incident' : base}.watchdeck`
}

const PAUSES_MS = [250, 1_000, 4_000]

/** How often the engine may be started again: three times a minute with growing pauses, then a person decides. */
export class RestartBudget {
  readonly #now: () => number
  #starts: number[] = []

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** ms to wait before the next start; undefined when there have been too many */
  take(): number | undefined {
    const since = this.#now() - 60_000
    this.#starts = this.#starts.filter((at) => at > since)
    const pause = PAUSES_MS[this.#starts.length]
    if (pause !== undefined) this.#starts.push(this.#now())
    return pause
  }
}

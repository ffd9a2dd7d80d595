// Who may talk to the browser shell: pure decisions about Host, Origin and Fetch Metadata. A page of another site, and a
// name that was rebound to 127.0.0.1, both fail here before anything of the request is read.

export interface Heads {
  readonly host?: string | undefined
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: string | undefined
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 403 | 421; readonly reason: string }

const OK: Verdict = { ok: true }
const refuse = (status: 403 | 421, reason: string): Verdict => ({ ok: false, status, reason })

/** Names under which the shell answers, with its port. `extra`: the bound address when it is not loopback. */
export function allowedHosts(port: number, extra?: string): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  if (extra !== undefined) names.push(extra.includes(':') ? `[${extra}]` : extra)
  return new Set(names.map((name) => `${name}:${port}`))
}

/** Every request: the Host must be one of ours, to the letter (a rebound name brings its own). */
export function checkHost(heads: Heads, hosts: ReadonlySet<string>): Verdict {
  return heads.host !== undefined && hosts.has(heads.host.toLowerCase()) ? OK : refuse(421, 'unknown host')
}

/**
 * A request that changes something or opens a socket must say that it comes from our own page: its Origin is
 * `http://<the Host it asked>`. An absent Origin is refused too: browsers send one with POST and WebSocket.
 */
export function checkOrigin(heads: Heads, hosts: ReadonlySet<string>): Verdict {
  const host = checkHost(heads, hosts)
  if (!host.ok) return host
  if (heads.origin === undefined) return refuse(403, 'no origin')
  if (heads.origin.toLowerCase() !== `http://${heads.host?.toLowerCase()}`) return refuse(403, 'other origin')
  const site = heads['sec-fetch-site']
  return site === undefined || site === 'same-origin' ? OK : refuse(403, 'other site')
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/i

export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address)
}

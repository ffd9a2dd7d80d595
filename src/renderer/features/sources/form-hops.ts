// The bastions that a source is reached through, one after the other, as a person fills them in.

import type { Hop, SourceSpec, SshSpec } from '../../../shared/contract/source-spec.ts'
import { draftOfKey, draftOfSecret, given, keyOf, NO_SECRET, type SecretDraft, secretOf } from './form-parts.ts'

export const MOST_HOPS = 5
export const USUAL_KEEP_ALIVE = 15

export interface HopDraft {
  /** of the row on the page, so that moving it keeps what is open in it */
  readonly id: number
  /** `user@host:port`, or a Host of ~/.ssh/config */
  readonly where: string
  readonly agent: boolean
  /** path or PEM */
  readonly key: SecretDraft
  readonly passphrase: SecretDraft
  readonly password: SecretDraft
  /** SHA256:.. that the person has accepted */
  readonly hostKey: string
}

export const newHop = (hops: readonly HopDraft[]): HopDraft => ({
  id: Math.max(-1, ...hops.map(({ id }) => id)) + 1,
  where: '',
  agent: true,
  key: NO_SECRET,
  passphrase: NO_SECRET,
  password: NO_SECRET,
  hostKey: '',
})

/** `user@host:port`; undefined when it is none. */
export function parseBastion(text: string): { host: string; user?: string; port?: number } | undefined {
  const match = /^(?:(\S+)@)?([^@:\s]+|\[[^\]\s]+\])(?::(\d{1,5}))?$/.exec(text.trim())
  if (!match?.[2]) return undefined
  const port = match[3] === undefined ? undefined : Number(match[3])
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined
  return { host: match[2].replace(/^\[|\]$/g, ''), ...given('user', match[1]), ...given('port', port) }
}

export const hopsOf = (hops: readonly HopDraft[]): Hop[] =>
  hops.flatMap((hop) => {
    const where = parseBastion(hop.where)
    if (where === undefined) return []
    return [
      {
        ...where,
        ...(hop.agent ? {} : { agent: false }),
        ...given('key', keyOf(hop.key)),
        ...given('passphrase', secretOf(hop.passphrase)),
        ...given('password', secretOf(hop.password)),
        ...(hop.hostKey === '' ? {} : { hostKey: hop.hostKey }),
      },
    ]
  })

/** An IPv6 address stands in brackets, as with ssh. */
const whereOf = ({ host, user, port }: Hop): string =>
  `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`

export const draftOfHops = (ssh: SourceSpec['ssh'], over: boolean): HopDraft[] =>
  (ssh?.hops ?? []).map((hop, id) => ({
    id,
    where: whereOf(hop),
    agent: hop.agent !== false,
    key: draftOfKey(hop.key, over),
    passphrase: draftOfSecret(hop.passphrase, over),
    password: draftOfSecret(hop.password, over),
    hostKey: hop.hostKey ?? '',
  }))

/** The row moved by one; where it was when there is no further. */
export function moved(hops: readonly HopDraft[], at: number, by: 1 | -1): readonly HopDraft[] {
  const next = [...hops]
  const [hop] = next.splice(at, 1)
  if (hop === undefined || at + by < 0 || at + by >= hops.length) return hops
  next.splice(at + by, 0, hop)
  return next
}

/** Seconds; undefined when it is no whole number from 0 to 3600. */
export function parseKeepAlive(text: string): number | undefined {
  const value = /^\d{1,4}$/.test(text.trim()) ? Number(text) : Number.NaN
  return value <= 3600 ? value : undefined
}

export function sshOf(hops: readonly HopDraft[], useConfig: boolean, keepAlive: string): SshSpec | undefined {
  const found = hopsOf(hops)
  if (found.length === 0) return undefined
  return { hops: found, useConfig, ...given('keepAliveSeconds', parseKeepAlive(keepAlive)) }
}

// Host keys that this person has accepted: ~/.ssh/known_hosts, plain and hashed names, revoked keys.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { wildcard } from './config.ts'

export type Verdict = 'known' | 'changed' | 'revoked' | 'unknown'

interface Line {
  readonly marker: string | undefined
  readonly names: string
  readonly type: string
  readonly key: string
}

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The type of a key in its wire form. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return length > 0 && length < 100 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : ''
}

export function verdictOf(knownHosts: string, host: string, port: number, key: Buffer): Verdict {
  const text = key.toString('base64')
  const type = keyType(key)
  const lines = linesFor(knownHosts, host, port)
  if (lines.some((line) => line.marker === '@revoked' && line.key === text)) return 'revoked'
  const plain = lines.filter((line) => line.marker === undefined)
  if (plain.some((line) => line.key === text)) return 'known'
  return plain.some((line) => line.type === type) ? 'changed' : 'unknown'
}

/** Types of keys that are known of a host: they are asked for first, so that a known host stays known. */
export const knownTypes = (knownHosts: string, host: string, port: number): string[] => [
  ...new Set(
    linesFor(knownHosts, host, port)
      .filter((line) => line.marker === undefined)
      .map((line) => line.type),
  ),
]

function linesFor(text: string, host: string, port: number): Line[] {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase()
  const out: Line[] = []
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const parts = line.split(/\s+/)
    const marker = parts[0]?.startsWith('@') ? parts.shift() : undefined
    const [names, type, key] = parts
    if (names !== undefined && type !== undefined && key !== undefined && named(names, name))
      out.push({ marker, names, type, key })
  }
  return out
}

function named(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|')
    const wanted = Buffer.from(hash, 'base64')
    const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
    return wanted.length === found.length && timingSafeEqual(wanted, found)
  }
  let hit = false
  for (const pattern of names.split(',')) {
    const negated = pattern.startsWith('!')
    // brackets are part of the name here, `*` and `?` are patterns
    if (!wildcard(negated ? pattern.slice(1) : pattern, name)) continue
    if (negated) return false
    hit = true
  }
  return hit
}

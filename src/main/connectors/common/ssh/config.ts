// ~/.ssh/config as far as a tunnel needs it: Host blocks with patterns, HostName, Port, User, IdentityFile, ProxyJump.
// `Match` blocks are passed over (they may run programs), `Include` is not followed.

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export interface HostConfig {
  readonly hostName?: string | undefined
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly identityFiles: readonly string[]
  readonly proxyJump?: string | undefined
  readonly identityAgent?: string | undefined
}

/** The first value of each word wins, as OpenSSH reads it. */
export function hostConfig(text: string, host: string, home = homedir()): HostConfig {
  const found = new Map<string, string>()
  const identities: string[] = []
  let applies = true
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line)
    if (!match || line.trimStart().startsWith('#')) continue
    const word = (match[1] as string).toLowerCase()
    const value = unquoted(match[2] as string)
    if (word === 'host') applies = matches(value, host)
    else if (word === 'match') applies = false
    else if (!applies) continue
    else if (word === 'identityfile') identities.push(expanded(value, home))
    else if (!found.has(word)) found.set(word, value)
  }
  const port = Number(found.get('port'))
  const hostName = found.get('hostname')?.replaceAll('%h', host)
  const jump = found.get('proxyjump')
  const agent = found.get('identityagent')
  return {
    hostName,
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    user: found.get('user'),
    identityFiles: identities,
    proxyJump: jump === undefined || jump.toLowerCase() === 'none' ? undefined : jump,
    identityAgent: agent === undefined || agent === 'SSH_AUTH_SOCK' ? undefined : expanded(agent, home),
  }
}

/** Names that the file has a block for, in its order; patterns and negations are none. */
export function hostsOf(text: string): string[] {
  const named = text.split(/\r?\n/).flatMap((line) => {
    const value = /^\s*host(?:\s*=\s*|\s+)(.*?)\s*$/i.exec(line)?.[1]
    return value === undefined ? [] : unquoted(value).split(/[\s,]+/)
  })
  return [...new Set(named)].filter((name) => name !== '' && !/[*?!]/.test(name))
}

/** A list to choose from; any other can be typed. */
const MOST_HOSTS = 500

/** The hosts of this person's ~/.ssh/config. */
export async function sshHosts(home = homedir()) {
  const config = await readIfThere(join(home, '.ssh', 'config'))
  return hostsOf(config)
    .slice(0, MOST_HOSTS)
    .map((host) => {
      const { hostName, user, port, proxyJump } = hostConfig(config, host, home)
      return { host, hostName, user, port, jump: proxyJump }
    })
}

/** `user@host:port`, as ProxyJump writes it. */
export function parseJump(text: string): { host: string; user?: string; port?: number } | undefined {
  const match = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text.trim().replace(/^ssh:\/\//, ''))
  if (!match?.[2]) return undefined
  return {
    host: match[2].replace(/^\[|\]$/g, ''),
    ...(match[1] === undefined ? {} : { user: match[1] }),
    ...(match[3] === undefined ? {} : { port: Number(match[3]) }),
  }
}

/** '' when there is none. */
export async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) return ''
    throw error
  }
}

const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value

function expanded(path: string, home: string): string {
  const full = path.startsWith('~/') ? join(home, path.slice(2)) : path.replaceAll('%d', home)
  return isAbsolute(full) ? full : join(home, '.ssh', full)
}

function matches(patterns: string, host: string): boolean {
  let hit = false
  for (const pattern of patterns.split(/[\s,]+/).filter((p) => p !== '')) {
    const negated = pattern.startsWith('!')
    if (!wildcard(negated ? pattern.slice(1) : pattern, host)) continue
    if (negated) return false
    hit = true
  }
  return hit
}

/** `*` and `?`, without a regular expression of somebody else's making. */
export function wildcard(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  const a = pattern.toLowerCase()
  const b = text.toLowerCase()
  while (t < b.length) {
    if (p < a.length && (a[p] === '?' || a[p] === b[t])) {
      p++
      t++
    } else if (a[p] === '*') {
      star = p++
      mark = t
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (a[p] === '*') p++
  return p === a.length
}

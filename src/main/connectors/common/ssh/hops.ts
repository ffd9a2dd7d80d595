// The way over bastions as the settings give it, with what ~/.ssh/config adds.

import { userInfo } from 'node:os'
import type { Hop } from '../../../../shared/contract/source-spec.ts'
import { hostConfig, parseJump } from './config.ts'

/** A hop with what ~/.ssh/config says about it. */
export interface ResolvedHop {
  readonly hop: Hop
  /** its place in the settings; those that ProxyJump put before have that of the hop that asked for them */
  readonly index: number
  readonly host: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  readonly agent: string | undefined
  /** put before by ProxyJump: its key cannot be accepted in the settings */
  readonly jump: boolean
}

/** Fills in ~/.ssh/config and puts the hops of ProxyJump in front. */
export function resolveHops(hops: readonly Hop[], config: string): ResolvedHop[] {
  const out: ResolvedHop[] = []
  const add = (hop: Hop, index: number, depth: number): void => {
    const known = hostConfig(config, hop.host)
    // only the first hop of the settings is reached from here; later ones from the hop before
    if (known.proxyJump !== undefined && out.length === 0 && depth < 5)
      for (const text of known.proxyJump.split(',')) {
        const jump = parseJump(text)
        if (jump) add(jump, index, depth + 1)
      }
    out.push({
      hop,
      index,
      host: known.hostName ?? hop.host,
      port: hop.port ?? known.port ?? 22,
      user: hop.user ?? known.user ?? userInfo().username,
      identityFiles: known.identityFiles,
      agent: hop.agent === false ? undefined : (known.identityAgent ?? process.env['SSH_AUTH_SOCK']),
      jump: depth > 0,
    })
  }
  for (const [index, hop] of hops.entries()) add(hop, index, 0)
  return out
}

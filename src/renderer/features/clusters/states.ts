// How an object's state and a happening look: tones by the words that Kubernetes itself uses.

import type { Tone } from '../../theme/palette.ts'

const CRITICAL =
  /^(?:CrashLoopBackOff|Error|Failed|Unavailable|NotReady|Stuck|OOMKilled|ImagePullBackOff|ErrImagePull|CreateContainer\w*Error|Evicted|Unknown|Lost|\w+Error)$/
const WARNING =
  /^(?:Degraded|Pending|Terminating|\w+Pressure|Suspended|Cordoned|Limited|ContainerCreating|\w*Unavailable)$/
const OK = /^(?:Running|Ready|Succeeded|Complete|Stable|Bound|Active|Available|Scheduled)$/
const NOTE = /^(?:Updating|Scaling|Progressing)$/

export function toneOfState(state: string, deleted: boolean): Tone {
  if (deleted) return 'neutral'
  if (CRITICAL.test(state)) return 'critical'
  if (WARNING.test(state)) return 'warning'
  if (NOTE.test(state)) return 'note'
  return OK.test(state) ? 'ok' : 'neutral'
}

/** Alerts and warnings stand out; a change is a note; the rest is the cluster at work. */
export function toneOfHappening(kind: string, severity: string): Tone {
  if (severity === 'critical') return 'critical'
  if (kind === 'alert') return severity === 'normal' || severity === 'info' ? 'note' : 'critical'
  if (kind === 'change') return 'note'
  return severity === 'warning' ? 'warning' : 'neutral'
}

const RANK: Record<Tone, number> = { critical: 0, warning: 1, note: 2, ok: 3, neutral: 3 }

export interface ObjectRank {
  readonly tone: Tone
  readonly deleted: boolean
  readonly versions: number
  readonly changed: bigint
}

/** Troubled first, then what changed in the range (newest first); the rest keeps its order. */
export function compareObjects(a: ObjectRank, b: ObjectRank): number {
  const tone = RANK[a.tone] - RANK[b.tone]
  if (tone !== 0) return tone
  const [movedA, movedB] = [a.versions > 1 || a.deleted, b.versions > 1 || b.deleted]
  if (movedA !== movedB) return movedA ? -1 : 1
  if (!movedA || a.changed === b.changed) return 0
  return a.changed > b.changed ? -1 : 1
}

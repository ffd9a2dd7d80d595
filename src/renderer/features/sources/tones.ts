// How the state of a live source is coloured; its word stands beside it.

import type { Health } from '../../../shared/contract/sources.ts'

export const HEALTH_TONES = {
  unknown: 'neutral',
  ok: 'ok',
  failing: 'critical',
  resting: 'warning',
  secrets: 'warning',
} as const satisfies Record<Health['state'] | 'secrets', string>

/** Without its secrets nothing is asked of it: that is what is to be known first. */
export const stateOf = (
  state: Health['state'] | undefined,
  lacksSecrets: boolean | undefined,
): keyof typeof HEALTH_TONES => (lacksSecrets === true ? 'secrets' : (state ?? 'unknown'))

// How the state of a live source is coloured; its word stands beside it.

import type { Health } from '../../../shared/contract/sources.ts'

export const HEALTH_TONES = {
  unknown: 'neutral',
  ok: 'ok',
  failing: 'critical',
  resting: 'warning',
} as const satisfies Record<Health['state'], string>

// Every capability, with a recording that does not wait a minute between two passes.

import { setTimeout } from 'node:timers/promises'
import type { CapabilityModule } from '../../src/main/engine/api.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { recordingModuleWith } from '../../src/main/recording/index.ts'

const recording = recordingModuleWith({
  everyMs: 60_000,
  wait: (_ms, signal) => setTimeout(50, undefined, { signal }).catch(() => undefined),
})

export const FAST_MODULES: readonly CapabilityModule[] = [
  ...ALL_MODULES.filter(({ name }) => name !== 'recording'),
  recording,
]

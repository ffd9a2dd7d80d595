// What a shell gives the engine. Electron, the browser shell, the command line and tests each implement it; the engine
// reaches the outside world through nothing else.

import type { EpochNs } from '../../shared/base/time.ts'
import type { SecretVault } from './secrets.ts'

export type ShellKind = 'electron' | 'browser' | 'cli'

export interface Clock {
  /** now, in epoch nanoseconds */
  now(): EpochNs
}

export interface Platform {
  readonly shell: ShellKind
  readonly version: string
  /** folder that this engine owns: catalog, telemetry, logs, cache, uploads */
  readonly dataDir: string
  readonly clock: Clock
  /** none of its methods ever logs a value */
  readonly secrets: SecretVault
  /** lines of the structured log also go here; the file in `dataDir/logs` is the engine's own business */
  readonly onLogLine?: (line: string) => void
}

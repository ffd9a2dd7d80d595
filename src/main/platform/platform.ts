// What a shell gives the engine. Electron, the browser shell, the command line and tests each implement it; the engine
// reaches the outside world through nothing else.

import type { EpochNs } from '../../shared/base/time.ts'

export type ShellKind = 'electron' | 'browser' | 'cli'

export interface Clock {
  /** now, in epoch nanoseconds */
  now(): EpochNs
}

/** Where secrets live. None of the methods ever logs a value. */
export interface SecretStore {
  /** false where nothing may be kept (a locked vault, a Linux without a keyring): secrets then last as long as the process */
  readonly persistent: boolean
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

export interface Platform {
  readonly shell: ShellKind
  readonly version: string
  /** folder that this engine owns: catalog, telemetry, logs, cache, uploads */
  readonly dataDir: string
  readonly clock: Clock
  readonly secrets: SecretStore
  /** lines of the structured log also go here; the file in `dataDir/logs` is the engine's own business */
  readonly onLogLine?: (line: string) => void
}

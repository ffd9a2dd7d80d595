// The platform of a plain Node process: system clock, the usual data folder, the vault of secrets in it.

import { resolve } from 'node:path'
import type { Clock, Platform, ShellKind } from './platform.ts'
import { passphraseSeal } from './seal.ts'
import { defaultDataDir, systemClock } from './system.ts'
import { fileVault, type SecretVault, vaultPath } from './secrets.ts'

export interface NodePlatformOptions {
  shell: ShellKind
  version: string
  dataDir?: string | undefined
  clock?: Clock | undefined
  /** default: the encrypted file in the data folder, opened by `WATCHDECK_VAULT_PASSPHRASE` when it is set */
  secrets?: SecretVault | undefined
  onLogLine?: ((line: string) => void) | undefined
}

export function nodePlatform(options: NodePlatformOptions): Platform {
  const dataDir = resolve(options.dataDir ?? defaultDataDir())
  const passphrase = process.env['WATCHDECK_VAULT_PASSPHRASE']
  return {
    shell: options.shell,
    version: options.version,
    dataDir,
    clock: options.clock ?? systemClock,
    secrets: options.secrets ?? fileVault({ path: vaultPath(dataDir), seal: passphraseSeal(passphrase) }),
    ...(options.onLogLine ? { onLogLine: options.onLogLine } : {}),
  }
}

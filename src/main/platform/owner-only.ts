// What the engine keeps is its owner's alone, on a machine that has several users.

import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * From here on this process makes files and folders that nobody else may read: also those of DuckDB and SQLite, which
 * come and go while they work. For entry points: a worker thread has no mask of its own.
 */
export function makeForOwnerOnly(): void {
  maskBefore ??= process.umask(0o077)
}
let maskBefore: number | undefined

/** Starts a program that is not ours, with the mask that this process was started with: what it makes is its own matter. */
export function withMaskBefore<T>(start: () => T): T {
  if (maskBefore === undefined) return start()
  const own = process.umask(maskBefore)
  try {
    return start()
  } finally {
    process.umask(own)
  }
}

const STORE_FILE = /^(?:catalog\.sqlite|telemetry\.duckdb|events\.duckdb)/

/** Stores that an earlier version made readable for others. Where that cannot be changed, the folder is still closed. */
export function closeStoresToOthers(dataDir: string): void {
  // a folder that is still to be made has none
  if (!existsSync(dataDir)) return
  for (const name of readdirSync(dataDir)) {
    if (!STORE_FILE.test(name)) continue
    const path = join(dataDir, name)
    try {
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && /^(?:ENOENT|EPERM|EROFS|ENOTSUP)$/.test(String(error.code))))
        throw error
    }
  }
}

// Puts a backup in the place of a data folder's stores, for the command line: nobody may be using the folder meanwhile.

import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Clock } from '../platform/platform.ts'
import { lockDataDir } from './lock.ts'

export interface Restored {
  readonly from: string
  /** when the backup was made, RFC 3339 */
  readonly createdAt: string
  /** where the stores that were replaced are now */
  readonly replaced: string
}

/**
 * Nothing is replaced before the whole backup has been checked.
 * @throws WatchdeckError `conflict` while an engine holds the folder, `not_found`, `corrupt`, `unsupported`
 */
export async function restoreBackup(
  from: string,
  options: { dataDir: string; version: string; clock: Clock },
): Promise<Restored> {
  const { dataDir, version, clock } = options
  const { finishRestore, stageRestore } = await import('../storage/backup.ts')
  using _lock = lockDataDir(dataDir, { shell: 'restore', version, since: formatRfc3339(clock.now()) })
  const { createdAt } = await stageRestore(from, dataDir, {
    now: clock.now(),
    signal: new AbortController().signal,
    progress: () => undefined,
  })
  const replaced = finishRestore(dataDir) ?? ''
  return { from, createdAt, replaced }
}

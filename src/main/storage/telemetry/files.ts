// Files of the store on disk: their size, and moving one to another disk.

import { copyFile, rename, stat } from 'node:fs/promises'
import { WatchdeckError } from '../../../shared/base/errors.ts'

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT')

/** Renames, over disks by a copy beside the target. @throws WatchdeckError `invalid_input` where no file can be */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'EISDIR'))
      throw new WatchdeckError('invalid_input', `${JSON.stringify(to)} is no place for a file.`, {
        hint: 'Choose a folder that is there.',
        cause: error,
      })
    if (!hasCode(error, 'EXDEV')) throw error
    const beside = `${to}.part`
    await copyFile(from, beside)
    await rename(beside, to)
  }
}

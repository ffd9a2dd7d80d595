// What the disk says, wherever it is met, as failures that a person can do something about.

import { WatchdeckError } from '../../shared/base/errors.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS'])
const BROKEN = new Set(['EIO', 'ENXIO', 'EUCLEAN'])

/** A WatchdeckError for a full, read-only or failing disk; anything else as it came. `what` is what could not be used. */
export function asDiskError(error: unknown, what = 'A file or folder that is needed'): unknown {
  if (!(error instanceof Error) || error instanceof WatchdeckError || !('code' in error)) return error
  const code = String(error.code)
  if (FULL.has(code)) return diskFull(error)
  if (FORBIDDEN.has(code) || code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN'))
    return new WatchdeckError('permission_denied', `${what} may not be written.`, {
      hint: 'Check its permissions and that its disk is not mounted read-only, or choose another folder with --data-dir.',
      cause: error,
    })
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new WatchdeckError('corrupt', 'The catalog is damaged.', {
      hint: 'Start Watchdeck again: a damaged catalog is set aside and made anew from what the store knows.',
      cause: error,
    })
  if (BROKEN.has(code) || code.startsWith('SQLITE_IOERR'))
    return new WatchdeckError('unavailable', 'The disk of the data folder does not answer as it should.', {
      hint: 'Check the disk; make a backup while it can still be read.',
      cause: error,
    })
  if (code === 'ERR_INVALID_ARG_VALUE' && error.message.includes('null bytes'))
    return new WatchdeckError('invalid_input', 'A path may not hold a null character.', { cause: error })
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'ELOOP')
    return new WatchdeckError('invalid_input', 'There is a folder where a file was expected, or a file for a folder.', {
      hint: 'Choose another name.',
      cause: error,
    })
  if (code === 'ENAMETOOLONG')
    return new WatchdeckError('invalid_input', 'A name or path is too long for this disk.', { cause: error })
  return error
}

export function diskFull(cause: unknown): WatchdeckError {
  return new WatchdeckError('unavailable', 'The disk of the data folder is full.', {
    hint: 'Free some space, or remove sources that are no longer needed, and try again.',
    cause,
  })
}

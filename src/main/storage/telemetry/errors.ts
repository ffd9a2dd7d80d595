// DuckDB's failures as the product's closed set of codes.

import { WatchdeckError } from '../../../shared/base/errors.ts'

/** The first line of a message, without the paths and statement text that follow it. */
const headline = (error: Error): string =>
  (error.message.split('\n')[0] as string).replaceAll(/"[^"]*[\\/][^"]*"/g, 'a file')

/** A failure of DuckDB as a WatchdeckError where the world is to blame; our own mistakes (wrong SQL) stay what they are. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof WatchdeckError) return error
  const text = error.message
  if (/^INTERRUPT|Interrupted/.test(text))
    return new WatchdeckError('cancelled', 'The call was cancelled.', { cause: error })
  if (/No space left|disk is full|not enough disk space|max_temp_directory_size/i.test(text))
    return new WatchdeckError('unavailable', 'The disk of the data folder is full.', {
      hint: 'Free some space, or remove sources that are no longer needed, and try again.',
      cause: error,
    })
  if (/^Out of Memory/i.test(text))
    return new WatchdeckError('limit_exceeded', 'The query needs more memory than the store may take.', {
      hint: 'Ask for a shorter time range or fewer groups.',
      cause: error,
    })
  if (/^(IO Error|Permission Error)/.test(text))
    return new WatchdeckError('unavailable', `The store could not read or write: ${headline(error)}`, {
      hint: 'Check the disk and the permissions of the data folder.',
      cause: error,
    })
  if (/^(Invalid Input Error: No magic bytes|Invalid Error: .*parquet|Serialization Error|Corrupt)/i.test(text))
    return new WatchdeckError('corrupt', `A data file is damaged: ${headline(error)}`, { cause: error })
  return error
}

/** Whether DuckDB has given the file up for the rest of the process. */
export function isGivenUp(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (/has been invalidated/.test(at.message)) return true
  return false
}

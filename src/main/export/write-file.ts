// A file that is seen whole or not at all.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'

/** Takes a piece of text; awaiting it is the back-pressure. */
export type Sink = (text: string) => Promise<void>

/** Written beside its place and moved there when whole. */
export async function writeFile(path: string, make: (sink: Sink) => Promise<void>): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
  const out = createWriteStream(part, { flags: 'wx', mode: 0o600, highWaterMark: 1 << 20 })
  try {
    await once(out, 'open')
    await make(async (text) => {
      if (!out.write(text)) await once(out, 'drain')
    })
    out.end()
    await finished(out)
    await rename(part, path)
  } catch (error) {
    out.destroy()
    await rm(part, { force: true })
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOSPC' || error.code === 'ENOTDIR')
    )
      throw new WatchdeckError(
        error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'not_found' : 'unavailable',
        `${path} cannot be written (${error.code}).`,
      )
    throw error
  }
}

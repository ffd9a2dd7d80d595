// What the engine saved for a page that cannot be handed a path: files of the `downloads` folder, each by its plain name.

import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { safeFileName } from './upload.ts'

const missing = () => new WatchdeckError('not_found', 'There is no such file.')

/** @throws WatchdeckError `not_found` for anything but a plain file directly in the folder */
export async function sendDownload(response: ServerResponse, options: { folder: string; name: string }): Promise<void> {
  const name = decoded(options.name)
  // a name that cleaning would change was never ours
  if (name === '' || safeFileName(name) !== name) throw missing()
  const path = join(options.folder, name)
  const info = await lstat(path).catch(() => undefined)
  if (!info?.isFile()) throw missing()
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': info.size,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'cache-control': 'no-store',
  })
  await pipeline(createReadStream(path), response)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (error instanceof URIError) throw missing()
    throw error
  }
}

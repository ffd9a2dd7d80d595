// Sends a file of the page.

import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { PageFile } from '../platform/page-files.ts'

export function sendFile(file: PageFile, method: string, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.bytes,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (method === 'HEAD') {
    response.end()
    return
  }
  pipeline(createReadStream(file.path), response, () => {
    // a reader that went away is nobody's error; a file that vanished ends the answer short, which the browser reports
  })
}

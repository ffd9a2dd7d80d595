// Sends a file of the page.

import type { ServerResponse } from 'node:http'
import type { PageFile } from '../platform/page-files.ts'

export function sendFile(file: PageFile, method: string, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.content.byteLength,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  response.end(method === 'HEAD' ? undefined : file.content)
}

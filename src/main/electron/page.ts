// The page's own scheme: files of the built renderer by exact name, with the same policy as the browser shell.

import { protocol } from 'electron'
import { listFiles, lookUp } from '../platform/page-files.ts'
import { contentSecurityPolicy, securityHeaders } from '../platform/page-headers.ts'
import { isOwnPage, SCHEME } from './policies.ts'

/** Before the app is ready: the scheme is a secure origin of its own. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

export function servePage(renderer: string): void {
  const files = listFiles(renderer)
  const headers = securityHeaders(contentSecurityPolicy())
  protocol.handle(SCHEME, (request) => {
    const file = isOwnPage(request.url) ? lookUp(files, new URL(request.url).pathname) : undefined
    if (!file || request.method !== 'GET') return new Response(null, { status: 404, headers })
    return new Response(file.content, {
      headers: { ...headers, 'content-type': file.type },
    })
  })
}

// Files of the built renderer, as they were at start: an update that replaces them on disk must not mix two programs in one page.
// Only names that were there are served: a path is a key, never joined to a folder.

import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

export interface PageFile {
  readonly content: Buffer<ArrayBuffer>
  readonly type: string
  /** built under a name that holds its hash */
  readonly immutable: boolean
}

/** Every file below a folder by its address; links are not followed, source maps are not shown. */
export function listFiles(root: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.map')) continue
    const path = join(entry.parentPath, entry.name)
    const address = `/${path
      .slice(root.length + 1)
      .split(sep)
      .join('/')}`
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream'
    files.set(address, { content: readFileSync(path), type, immutable: address.startsWith('/assets/') })
  }
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

/** The file of a request path; undefined for anything that is not literally one of the names. */
export function lookUp(files: ReadonlyMap<string, PageFile>, url: string): PageFile | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return files.get(path)
}

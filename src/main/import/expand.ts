// Paths that a person gave to the files behind them: folders are walked, in a fixed order, within bounds.

import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'

const MAX_FILES = 10_000
const MAX_DEPTH = 16

export interface FoundFile {
  readonly path: string
  readonly bytes: number
  /** epoch nanoseconds */
  readonly modified: bigint
}

/**
 * Files of the given paths, folders expanded in sorted order, each once. Hidden entries of folders are left out; a link
 * inside a folder is followed only while it stays inside that folder.
 * @throws WatchdeckError `not_found`, `invalid_input` for what is no regular file, `limit_exceeded` past 10,000 files
 */
export async function expandPaths(paths: readonly string[], signal?: AbortSignal): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>()
  const add = async (path: string, isGiven: boolean): Promise<void> => {
    const info = await stat(path, { bigint: true })
    if (!info.isFile()) {
      if (isGiven)
        throw new WatchdeckError('invalid_input', `${path} is neither a file nor a folder.`, {
          hint: 'Devices, sockets and pipes are not read.',
        })
      return
    }
    if (found.has(path)) return
    if (found.size >= MAX_FILES)
      throw new WatchdeckError('limit_exceeded', `More than ${MAX_FILES} files.`, {
        hint: 'Import the folder in parts.',
      })
    found.set(path, { path, bytes: Number(info.size), modified: info.mtimeNs })
  }
  const walk = async (folder: string, root: string, depth: number, seen: Set<string>): Promise<void> => {
    throwIfAborted(signal)
    const real = await realpath(folder)
    if (seen.has(real)) return
    seen.add(real)
    if (depth > MAX_DEPTH)
      throw new WatchdeckError('limit_exceeded', `${folder} is nested deeper than ${MAX_DEPTH} folders.`)
    const entries = await readdir(folder, { withFileTypes: true })
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = join(folder, entry.name)
      let isFolder = entry.isDirectory()
      if (entry.isSymbolicLink()) {
        const target = await realpath(path).catch((error: unknown) => {
          if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP'))
            return undefined
          throw error
        })
        if (target === undefined || !`${target}${sep}`.startsWith(`${root}${sep}`)) continue
        isFolder = (await stat(target)).isDirectory()
      }
      if (isFolder) await walk(path, root, depth + 1, seen)
      else await add(path, false)
    }
  }
  for (const given of paths) {
    const path = resolve(given)
    try {
      if ((await stat(path)).isDirectory()) await walk(path, await realpath(path), 0, new Set())
      else await add(path, true)
    } catch (error) {
      if (error instanceof WatchdeckError || !(error instanceof Error) || !('code' in error)) throw error
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw new WatchdeckError('not_found', `There is no file ${path}.`)
      if (error.code === 'EACCES' || error.code === 'EPERM')
        throw new WatchdeckError('permission_denied', `${path} may not be read.`)
      throw error
    }
  }
  return [...found.values()]
}

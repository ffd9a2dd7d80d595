// Paths that a person gave to the files behind them: folders are walked, in a fixed order, within bounds.

import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'

const MAX_FILES = 10_000
const MAX_DEPTH = 16

export interface FoundFile {
  /** what people and reports call it: of a member of an archive, the archive's path with the member's name behind it */
  readonly path: string
  /** where its bytes are */
  readonly disk: string
  /** the archive that it came out of */
  readonly archive?: string | undefined
  /** only its beginning was taken out of the archive, for a preview */
  readonly isCut?: boolean | undefined
  /** of an archive only these members are wanted, by their `path` */
  readonly only?: readonly string[] | undefined
  /** it cannot be read, for this reason */
  readonly problem?: WatchdeckError | undefined
  /** what happened on the way out of its archive */
  readonly notes?: readonly string[] | undefined
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
    found.set(path, { path, disk: path, bytes: Number(info.size), modified: info.mtimeNs })
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
  const given = new Set(paths.map((path) => resolve(path)))
  for (const path of given) {
    try {
      if ((await stat(path)).isDirectory()) await walk(path, await realpath(path), 0, new Set())
      else await add(path, true)
    } catch (error) {
      if (error instanceof WatchdeckError || !(error instanceof Error) || !('code' in error)) throw error
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
        const archive = await fileAbove(path)
        if (archive !== undefined) {
          await add(archive, true)
          const whole = found.get(archive) as FoundFile
          if (whole.only !== undefined || !given.has(archive))
            found.set(archive, { ...whole, only: [...(whole.only ?? []), path] })
          continue
        }
      }
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw new WatchdeckError('not_found', `There is no file ${path}.`)
      if (error.code === 'EACCES' || error.code === 'EPERM')
        throw new WatchdeckError('permission_denied', `${path} may not be read.`)
      throw error
    }
  }
  return [...found.values()]
}

/** The regular file that a path seems to lie in: a member of an archive is called so. */
async function fileAbove(path: string): Promise<string | undefined> {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    const info = await stat(at).catch(() => undefined)
    if (info !== undefined) return info.isFile() ? at : undefined
  }
  return undefined
}

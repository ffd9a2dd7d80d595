// Folders of the data folder that hold a person's files on their way: dropped ones coming in, saved ones going out to a
// browser. What stays longer than a day was forgotten.

import { lstat, readdir, rm } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'

export const uploadsFolder = (dataDir: string): string => join(dataDir, 'uploads')
/** storage empties `exports`, its own scratch, at every start: what a browser is to fetch lives here */
export const downloadsFolder = (dataDir: string): string => join(dataDir, 'downloads')

export const FORGOTTEN_MS = 24 * 3_600_000

/** Removes what lies directly in a folder and was last touched before `olderThanMs` ago; paths in `kept` stay. */
export async function sweep(
  folder: string,
  options: { now: number; olderThanMs: number; kept?: readonly string[] },
): Promise<number> {
  let removed = 0
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names) {
    const path = join(folder, name)
    const { mtimeMs } = await lstat(path)
    const isKept = (options.kept ?? []).some((kept) => kept === path || kept.startsWith(path + sep))
    if (isKept || options.now - mtimeMs < options.olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    removed++
  }
  return removed
}

/** The drop that a path belongs to: the folder directly in `uploads` that was made for it; undefined elsewhere. */
export function dropOf(dataDir: string, path: string): string | undefined {
  const uploads = uploadsFolder(dataDir)
  const inside = relative(uploads, resolve(path))
  const first = inside.split(sep)[0] ?? ''
  return first.startsWith('drop-') ? join(uploads, first) : undefined
}

// What lies in the data folder, measured: which part of the program each file belongs to.

import { lstat, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { SPACE_PARTS } from '../../shared/contract/space.ts'

export type SpacePart = (typeof SPACE_PARTS)[number]

export interface FoundFile {
  /** relative to the data folder */
  readonly path: string
  readonly part: SpacePart
  readonly bytes: number
  /** epoch milliseconds */
  readonly changedMs: number
}

const OF_FOLDER: Readonly<Record<string, SpacePart>> = {
  backups: 'copies',
  restoring: 'copies',
  'restoring.part': 'copies',
  'restoring.cancelled': 'copies',
  cache: 'unpacked',
  logs: 'logs',
  crashes: 'crashes',
  uploads: 'passing',
  downloads: 'passing',
  exports: 'passing',
  spill: 'passing',
  trash: 'trash',
}

export function partOf(path: string): SpacePart {
  const [first = '', second] = path.split(sep)
  if (second !== undefined) return OF_FOLDER[first] ?? 'other'
  if (first.startsWith('catalog-damaged-')) return 'copies'
  for (const [name, part] of [
    ['telemetry.duckdb', 'telemetry'],
    ['events.duckdb', 'events'],
    ['catalog.sqlite', 'catalog'],
  ] as const)
    if (first.startsWith(name)) return part
  return 'other'
}

/** Every file below the folder; what goes away meanwhile is passed by, links are not followed. */
export async function filesBelow(root: string, below = ''): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const entry of await listed(join(root, below))) {
    const path = join(below, entry.name)
    if (entry.isDirectory()) found.push(...(await filesBelow(root, path)))
    else if (entry.isFile()) {
      const stat = await ifThere(lstat(join(root, path)))
      if (stat) found.push({ path, part: partOf(path), bytes: stat.size, changedMs: stat.mtimeMs })
    }
  }
  return found
}

const listed = async (folder: string) => (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

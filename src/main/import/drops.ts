// Dropped files reach the browser shell's engine as copies in `uploads`: a copy goes once its rows are in the store, and
// whatever was forgotten there goes at the next start. An opened incident file is read where it lies, so it stays.

import { rm } from 'node:fs/promises'
import { toErrorShape } from '../../shared/base/errors.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { EngineContext } from '../engine/api.ts'
import { dropOf, FORGOTTEN_MS, sweep, uploadsFolder } from '../platform/places.ts'

type ImportedFile = MethodOutput<'import.run'>['files'][number]

/** Paths that an opened incident file is read from. */
const inUse = (engine: EngineContext): string[] =>
  engine.catalog.sources
    .list()
    .filter((source) => source.kind === 'file' && source.state !== 'removed')
    .flatMap((source) => [...source.origin])

export async function sweepUploads(engine: EngineContext): Promise<void> {
  const folder = uploadsFolder(engine.platform.dataDir)
  try {
    const removed = await sweep(folder, { now: Date.now(), olderThanMs: FORGOTTEN_MS, kept: inUse(engine) })
    if (removed > 0) engine.log.info('forgotten uploads removed', { removed })
  } catch (error) {
    // a folder that cannot be read costs room, not the start
    engine.log.warn('uploads could not be swept', { error: toErrorShape(error).message })
  }
}

/** After an import: the copies whose rows are in the store now, or were there before. */
export async function forgetDrops(engine: EngineContext, files: readonly ImportedFile[]): Promise<void> {
  const used = new Set(inUse(engine).map((path) => dropOf(engine.platform.dataDir, path)))
  for (const file of files) {
    const drop = dropOf(engine.platform.dataDir, file.path)
    if (drop === undefined || file.error !== undefined || file.format === 'watchdeck' || used.has(drop)) continue
    await rm(drop, { recursive: true, force: true })
  }
}

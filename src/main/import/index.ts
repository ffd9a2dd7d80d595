// The import capability: what a file is and how it would be read, and reading it.

import { rm } from 'node:fs/promises'
import { isAbort, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { CapabilityModule, EngineContext, Handlers } from '../engine/api.ts'
import type { RecipeRecord } from '../storage/catalog/api.ts'
import { forgetDrops, sweepUploads } from './drops.ts'
import { expandPaths, type FoundFile } from './expand.ts'
import { inspect, sampleFrame } from './inspect.ts'
import { createImportWorkers, type ImportWorkers } from './read-in-worker.ts'
import { recipesFor, saveRecipe } from './recipes.ts'
import { contentSha256, type Mappings, mappingFor, runImport, unpackFolder } from './run.ts'
import { unpackArchives } from './unpack.ts'

type Preview = MethodOutput<'import.preview'>['files'][number]

/** Files larger than this are not hashed for the preview; the import itself still finds that they are known. */
const PREVIEW_HASH_BYTES = 64 * 1024 * 1024
const MAX_PREVIEWS = 200

export const importModule: CapabilityModule<'import'> = {
  name: 'import',
  start: async (engine) => {
    await sweepUploads(engine)
    const workers = createImportWorkers()
    engine.onShutdown(() => workers.close())
    return handlers(engine, workers)
  },
}

function handlers(engine: EngineContext, workers: ImportWorkers): Handlers<'import'> {
  return {
    async preview({ paths, mapping }, context) {
      const found = await expandPaths(paths, context.signal)
      const folder = unpackFolder(engine.platform.dataDir)
      await using cleanUp = new AsyncDisposableStack()
      cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
      const files =
        found.length > MAX_PREVIEWS
          ? found
          : await unpackArchives(found, { folder, signal: context.signal, isPreview: true })
      if (files.length > MAX_PREVIEWS)
        throw new WatchdeckError(
          'limit_exceeded',
          `${files.length} files are too many for a preview (${MAX_PREVIEWS}).`,
          {
            hint: 'Preview some of them; import.run takes them all.',
          },
        )
      const out: Preview[] = []
      for (const file of files) out.push(await previewFile(engine, file, mapping, context.signal))
      return { files: out }
    },
    async recipes() {
      return { recipes: engine.catalog.recipes.list().map(shownRecipe) }
    },
    async saveRecipe({ name, path, mapping }, context) {
      const folder = unpackFolder(engine.platform.dataDir)
      await using cleanUp = new AsyncDisposableStack()
      cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
      const found = await expandPaths([path], context.signal)
      const [file] = await unpackArchives(found, { folder, signal: context.signal, isPreview: true })
      if (file === undefined) throw new WatchdeckError('not_found', `There is no file in ${path}.`)
      return shownRecipe(await saveRecipe(engine, file, name, mapping))
    },
    async removeRecipe({ id }) {
      if (!engine.catalog.recipes.delete(id)) throw new WatchdeckError('not_found', 'There is no such recipe.')
      return {}
    },
    async run(input, context) {
      const answer = await runImport(engine, workers, input, context)
      await forgetDrops(engine, answer.files)
      return answer
    },
  }
}

const shownRecipe = ({ signs: _, ...recipe }: RecipeRecord): Omit<RecipeRecord, 'signs'> => recipe

async function previewFile(
  engine: EngineContext,
  file: FoundFile,
  mapping: Mappings,
  signal: AbortSignal,
): Promise<Preview> {
  try {
    const chosen = mappingFor(mapping, file.path)
    const inspected = await inspect(file, chosen, engine.platform.clock.now())
    const { detected } = inspected
    const sha256 =
      file.bytes <= PREVIEW_HASH_BYTES && file.isCut !== true && detected.format !== 'watchdeck'
        ? await contentSha256(file, inspected, signal)
        : undefined
    const states =
      sha256 === undefined
        ? []
        : engine.catalog.imports.find(sha256).map((i) => engine.catalog.sources.get(i.source)?.state)
    return {
      path: file.path,
      bytes: file.bytes,
      compression: inspected.compression,
      format: detected.format,
      confidence: detected.confidence,
      encoding: inspected.encoding,
      timeUnit: detected.timeUnit,
      mapping: { ...detected.mapping, encoding: inspected.encoding },
      mapped: [...detected.mapped],
      fields: detected.fields,
      sample: sampleFrame(inspected.sample),
      problems: [...inspected.problems, ...(file.notes ?? [])],
      alreadyImported: states.some((state) => state !== undefined && state !== 'removed'),
      recipes: Object.keys(chosen).length === 0 ? recipesFor(engine, file, inspected).map(shownRecipe) : [],
    }
  } catch (error) {
    if (
      isAbort(error) ||
      !(error instanceof WatchdeckError) ||
      error.code === 'invalid_input' ||
      error.code === 'cancelled'
    )
      throw error
    return {
      path: file.path,
      bytes: file.bytes,
      compression: 'none',
      format: 'unknown',
      confidence: 0,
      encoding: 'utf-8',
      timeUnit: 'none',
      mapping: {},
      mapped: [],
      fields: [],
      sample: frameFromRows([], []),
      problems: [toErrorShape(error).message],
      alreadyImported: false,
      recipes: [],
    }
  }
}

// Mappings kept for the next such file. A file is known again by its columns or fields, or by its format and its name without
// its digits (app-2025-11-02.log is app-2025-11-03.log).

import { createHash, randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Mapping } from '../../shared/contract/import.ts'
import type { EngineContext } from '../engine/api.ts'
import type { RecipeRecord } from '../storage/catalog/api.ts'
import type { FoundFile } from './expand.ts'
import { inspect, type Inspected } from './inspect.ts'

/** By which later files are known to be like this one; `inspected` without any mapping of a person. */
function signsOf(file: FoundFile, { detected }: Inspected): string[] {
  const shape = basename(file.path)
    .replace(/\d+/g, '#')
    .replace(/#([-_.T:]#)+/g, '#')
  const name = `name:${detected.format}:${shape}`
  if (detected.fields.length === 0) return [name]
  const fields = [...detected.fields].sort().join('\n')
  const sign = `fields:${detected.format}:${createHash('sha256').update(fields).digest('hex').slice(0, 32)}`
  // the columns of a table say what it is; the first record of JSON logs may lack a field that others have
  return detected.format === 'ndjson' ? [sign, name] : [sign]
}

/** The recipes for a file, those whose fields fit first. */
export function recipesFor(engine: EngineContext, file: FoundFile, inspected: Inspected): RecipeRecord[] {
  const signs = signsOf(file, inspected)
  const isFor = (recipe: RecipeRecord, kind: string): boolean =>
    signs.some((sign) => sign.startsWith(kind) && recipe.signs.includes(sign))
  const all = engine.catalog.recipes.list()
  return [
    ...all.filter((recipe) => isFor(recipe, 'fields:')),
    ...all.filter((recipe) => !isFor(recipe, 'fields:') && isFor(recipe, 'name:')),
  ]
}

/** @throws WatchdeckError as `inspect` */
export async function saveRecipe(
  engine: EngineContext,
  file: FoundFile,
  name: string,
  mapping: Mapping,
): Promise<RecipeRecord> {
  const now = engine.platform.clock.now()
  const inspected = await inspect(file, {}, now)
  return engine.catalog.recipes.save({
    id: `rec-${randomUUID()}`,
    name,
    signs: signsOf(file, inspected),
    mapping,
    createdAt: formatRfc3339(now),
    usedAt: null,
  })
}

/** @throws WatchdeckError `not_found` */
export function recipeNamed(engine: EngineContext, name: string): RecipeRecord {
  const recipe = engine.catalog.recipes.list().find((known) => known.name === name || known.id === name)
  if (recipe === undefined)
    throw new WatchdeckError('not_found', `There is no recipe ${JSON.stringify(name)}.`, {
      hint: 'import.recipes lists them.',
    })
  return recipe
}

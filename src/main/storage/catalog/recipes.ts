// Mappings that a person kept under a name, with the signs of the files that they are for.

import { type Mapping, zMapping } from '../../../shared/contract/import.ts'
import type { Catalog, RecipeRecord } from './api.ts'
import type { Sqlite } from './database.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly signs: string
  readonly mapping: string
  readonly createdAt: string
  readonly usedAt: string | null
}

const COLUMNS = 'id, name, signs, mapping, created_at AS createdAt, used_at AS usedAt'

export function recipeRepository(db: Sqlite): Catalog['recipes'] {
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM import_recipes ORDER BY name, id`)
  const put = db.prepare(
    `INSERT INTO import_recipes (id, name, signs, mapping, created_at, used_at)
     VALUES (@id, @name, @signs, @mapping, @createdAt, @usedAt)
     ON CONFLICT (name) DO UPDATE SET signs = excluded.signs, mapping = excluded.mapping`,
  )
  const use = db.prepare('UPDATE import_recipes SET used_at = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM import_recipes WHERE id = ?')
  const list = (): RecipeRecord[] =>
    all.all().map((row) => ({ ...row, signs: JSON.parse(row.signs) as string[], mapping: mappingOf(row.mapping) }))
  return {
    list,
    save: (recipe) => {
      // half a surrogate pair comes back as U+FFFD
      const name = recipe.name.toWellFormed()
      put.run({ ...recipe, name, signs: JSON.stringify(recipe.signs), mapping: JSON.stringify(recipe.mapping) })
      return list().find((known) => known.name === name) as RecipeRecord
    },
    used: (id, at) => void use.run(at, id),
    delete: (id) => remove.run(id).changes > 0,
  }
}

/** A newer version may have kept fields that are not known here: such a mapping says nothing. */
function mappingOf(text: string): Mapping {
  const read = zMapping.safeParse(JSON.parse(text))
  return read.success ? read.data : {}
}

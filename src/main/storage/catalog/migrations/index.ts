// Every step of the catalog's schema in order; step n (from 1) leads to schema version n. A step is never edited once released.

import { initial } from './001-initial.ts'
import { liveSources } from './002-live-sources.ts'
import { stateBefore } from './003-state-before.ts'
import { importRecipes } from './004-import-recipes.ts'
import { recordings } from './005-recordings.ts'
import { held } from './006-held.ts'
import { keeps } from './007-keeps.ts'

export const MIGRATIONS: readonly string[] = [initial, liveSources, stateBefore, importRecipes, recordings, held, keeps]

// Opens the catalog of a data folder and puts its repositories together.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type EpochNs, formatRfc3339 } from '../../../shared/base/time.ts'
import type { Catalog } from './api.ts'
import { auditRepository } from './audit.ts'
import { openDatabase } from './database.ts'
import { entryRepository } from './entries.ts'
import { importRepository } from './imports.ts'
import { incidentRepository } from './incidents.ts'
import { jobRepository } from './jobs.ts'
import { recipeRepository } from './recipes.ts'
import { recordingRepository } from './recordings.ts'
import { settingsRepository } from './settings.ts'
import { sourceRepository } from './sources.ts'

/**
 * Opens `dataDir/catalog.sqlite`, making folder and file where they are missing; backups go to `dataDir/backups`.
 * @throws WatchdeckError `corrupt`, `unsupported` (a newer schema) or `unavailable`, each with a hint
 */
export function openCatalog(dataDir: string, clock: { now(): EpochNs }): Catalog {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'catalog.sqlite')
  const now = () => formatRfc3339(clock.now())
  const db = openDatabase(path, join(dataDir, 'backups'), now().replaceAll(':', '-'))
  return {
    schemaVersion: Number(db.pragma('user_version', { simple: true })),
    path,
    // better-sqlite3 turns a nested transaction into a savepoint: it joins the outer one and can still fail alone
    transaction: (run) => db.transaction(run)(),
    sources: sourceRepository(db, now),
    imports: importRepository(db),
    recipes: recipeRepository(db),
    settings: settingsRepository(db),
    jobs: jobRepository(db),
    incidents: incidentRepository(db),
    entries: entryRepository(db),
    recordings: recordingRepository(db),
    audit: auditRepository(db),
    backup: async (to) => void (await db.backup(to)),
    close: () => void db.close(),
  }
}

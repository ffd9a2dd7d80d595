// The catalog (SQLite) as capabilities see it. SQL stays in this room: one small typed repository per subject.

import type { Source } from '../../../shared/contract/sources.ts'
import type { Mapping } from '../../../shared/contract/import.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { Settings } from '../../../shared/contract/settings.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { Entry, Incident } from '../../../shared/contract/incidents.ts'
import type { RecordingRecord } from '../../../shared/domain/recording.ts'

export interface SourceRecord extends Omit<Source, 'bytes' | 'live'> {
  /** the INTEGER that rows of the telemetry store carry */
  readonly key: number
  /** of a live source: how it is reached, each secret a mark of the vault */
  readonly spec?: SourceSpec | undefined
  /** counts the edits of `spec`: the vault keeps the secrets of each under its number */
  readonly revision: number
  /** where its secrets were put when they were last given; absent: it has none, or an earlier version kept them */
  readonly keeps?: 'vault' | 'session' | undefined
  /** of a removed source: what it was before */
  readonly stateBefore?: Source['state'] | undefined
}

export interface ImportRecord {
  readonly sha256: string
  readonly source: string
  readonly path: string
  readonly bytes: number
  readonly format: string
  readonly rowsTaken: number
  readonly rowsSkipped: number
  readonly importedAt: string
}

/** A mapping that a person kept, with the signs of the files that it is for (import/recipes.ts). */
export interface RecipeRecord {
  readonly id: string
  readonly name: string
  readonly signs: readonly string[]
  readonly mapping: Mapping
  readonly createdAt: string
  readonly usedAt: string | null
}

export interface Catalog {
  readonly schemaVersion: number
  readonly path: string
  /** all or nothing; nested calls join the outer one */
  transaction<T>(run: () => T): T

  readonly sources: {
    list(): SourceRecord[]
    get(id: string): SourceRecord | undefined
    /** a new record with the next key, state 'loading'; without `id` one is made up */
    create(fields: {
      id?: string
      name: string
      kind: Source['kind']
      origin: readonly string[]
      readOnly: boolean
      spec?: SourceSpec | undefined
    }): SourceRecord
    /** a record that was lost, under the key that its rows carry; state 'loading', counts 0 */
    recreate(
      fields: Pick<SourceRecord, 'key' | 'id' | 'name' | 'kind' | 'origin' | 'createdAt' | 'readOnly'>,
    ): SourceRecord
    update(id: string, fields: Partial<Omit<SourceRecord, 'id' | 'key' | 'kind' | 'createdAt'>>): SourceRecord
    delete(id: string): void
  }
  readonly imports: {
    find(sha256: string): ImportRecord[]
    ofSource(source: string): ImportRecord[]
    add(record: ImportRecord): void
    deleteOfSource(source: string): void
  }
  readonly recipes: {
    /** by name */
    list(): RecipeRecord[]
    /** one of the same name is written over and keeps its id */
    save(recipe: RecipeRecord): RecipeRecord
    used(id: string, at: string): void
    /** whether there was one */
    delete(id: string): boolean
  }
  readonly settings: {
    get(): Settings
    set(changes: Partial<Settings>): Settings
    reset(names: readonly string[]): Settings
  }
  readonly jobs: {
    save(job: Job & { result?: unknown }): void
    list(limit: number): Job[]
    get(id: string): (Job & { result: unknown }) | undefined
    clearEnded(): void
    /** marks every 'running' job as 'interrupted'; called once at start */
    interruptRunning(at: string): void
  }
  readonly incidents: {
    list(): Incident[]
    /** by id, or by its number as people write it: INC-12 */
    get(id: string): Incident | undefined
    /** `number` is given out here */
    create(incident: Omit<Incident, 'number' | 'pins' | 'notes' | 'removed'>): Incident
    update(
      id: string,
      fields: Partial<
        Pick<
          Incident,
          | 'title'
          | 'severity'
          | 'stage'
          | 'range'
          | 'sources'
          | 'services'
          | 'tags'
          | 'roles'
          | 'summary'
          | 'updatedAt'
          | 'removed'
          | 'readOnly'
        >
      >,
    ): Incident
    /** writes once: a stage that has a stamp keeps it */
    stamp(id: string, stamp: Incident['stamps'][number]): void
    delete(id: string): void
  }
  readonly entries: {
    list(incident: string): Entry[]
    get(id: string): Entry | undefined
    add(entry: Entry, answer: string | null): void
    update(id: string, fields: Partial<Pick<Entry, 'markdown' | 'title' | 'at' | 'lane' | 'editedAt'>>): Entry
    setRemoved(id: string, removed: boolean): void
    /** JSON text of the answer kept with a pin */
    answer(id: string): string | null
  }
  readonly recordings: {
    get(incident: string): RecordingRecord | undefined
    list(): RecordingRecord[]
    save(record: RecordingRecord): void
  }
  /** append-only, each line holds the hash of the one before */
  readonly audit: {
    append(line: { at: string; actor: string; action: string; subject: string; detail: unknown }): void
    /** newest first, of actions that begin so; `detail` as it was given */
    list(
      prefix: string,
      limit: number,
    ): Array<{ at: string; actor: string; action: string; subject: string; detail: unknown }>
    verify(): { ok: boolean; firstBroken?: number }
  }
  backup(path: string): Promise<void>
  close(): void
}

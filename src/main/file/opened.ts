// Opened incident files: each source inside one becomes a read-only source, its Parquet parts are copied out of the zip
// into the cache when a question first needs them. What is open survives a restart; what is closed leaves nothing.

import { createHash } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { disposeAll } from '../../shared/base/disposable.ts'
import { toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, type TimeRange } from '../../shared/base/time.ts'
import type { Entry, Incident } from '../../shared/contract/incidents.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SavedIncident } from '../storage/incident-file/manifest.ts'
import { type IncidentFile, openIncidentFile } from '../storage/incident-file/read.ts'
import { sizeOf } from '../storage/telemetry/files.ts'
import { TELEMETRY_TABLES, type TelemetryTable } from '../storage/telemetry/schema.ts'

/** Rows a stored byte of Parquet may claim; a hostile file could otherwise ask for terabytes of decoded rows. */
const MAX_ROWS_PER_BYTE = 2000

/** Jobs that read the rows of sources. */
const READING = /^(file|export|report)\./

interface OpenFile {
  readonly file: IncidentFile
  readonly incident: string
  readonly sources: readonly string[]
  readonly cache: string
  readonly mounts: Disposable
}

export class OpenedFiles {
  readonly #engine: EngineContext
  /** by the id that names the file's content */
  readonly #open = new Map<string, OpenFile>()

  constructor(engine: EngineContext) {
    this.#engine = engine
  }

  /** Opening the same content twice answers with what is open already. */
  async open(path: string, passphrase: string | undefined): Promise<{ source: string; incident: string }> {
    const whole = resolve(path)
    const file = await openIncidentFile(whole, passphrase)
    const key = contentKey(file)
    const already = this.#open.get(key)
    if (already) {
      await file[Symbol.asyncDispose]()
      return answerOf(already)
    }
    try {
      const saved = await file.incident()
      const queries = await file.queries()
      const { incident, sources } = this.#record(key, whole, saved, queries, file)
      return answerOf(await this.#mount(key, file, incident, sources))
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Mounts again what was open when the engine last stopped; a file that is gone is shown as broken, with the reason. */
  async reopenAll(): Promise<void> {
    const { catalog, log } = this.#engine
    const byPath = Map.groupBy(
      catalog.sources.list().filter((s) => s.kind === 'file' && s.state !== 'removed'),
      (s) => s.origin[0] ?? '',
    )
    for (const [path, sources] of byPath) {
      const ids = sources.sort((a, b) => a.key - b.key).map((s) => s.id)
      try {
        const file = await openIncidentFile(path)
        const incident = catalog.incidents.list().find((i) => i.readOnly && i.sources.some((id) => ids.includes(id)))
        if (!incident || contentKey(file) !== keyOfSource(ids[0] ?? '')) {
          await file[Symbol.asyncDispose]()
          throw new WatchdeckError('corrupt', 'The incident file was replaced by another one.')
        }
        await this.#mount(keyOfSource(ids[0] ?? ''), file, incident.id, ids)
        for (const id of ids)
          if (catalog.sources.get(id)?.state === 'broken') catalog.sources.update(id, { state: 'ready' })
      } catch (error) {
        log.warn('an opened incident file is not there any more', { code: toErrorShape(error).code })
        for (const id of ids) catalog.sources.update(id, { state: 'broken' })
      }
    }
  }

  /** Forgets the file that a source belongs to: records, mounts and cache. */
  async close(source: string): Promise<void> {
    const { catalog } = this.#engine
    const record = catalog.sources.get(source)
    if (record?.kind !== 'file')
      throw new WatchdeckError('not_found', `${JSON.stringify(source)} is no opened incident file.`)
    const key = keyOfSource(source)
    await this.#unmount(key)
    const gone = catalog.sources.list().filter((s) => s.kind === 'file' && keyOfSource(s.id) === key)
    const ids = gone.map((s) => s.id)
    const incidents = catalog.incidents.list().filter((i) => i.readOnly && i.sources.some((id) => ids.includes(id)))
    catalog.transaction(() => {
      for (const incident of incidents) catalog.incidents.delete(incident.id)
      for (const id of ids) catalog.sources.delete(id)
    })
    await rm(this.#cacheOf(key), { recursive: true, force: true })
    this.#engine.changed('sources', ...ids)
    this.#engine.changed('incidents', ...incidents.map((i) => i.id))
  }

  async closeAll(): Promise<void> {
    for (const key of [...this.#open.keys()]) await this.#unmount(key)
  }

  async #unmount(key: string): Promise<void> {
    const open = this.#open.get(key)
    if (!open) return
    this.#open.delete(key)
    // the same content may be opened again, and then has to be copied out again
    for (const target of [...this.#extracting.keys()])
      if (target.startsWith(open.cache + sep)) {
        this.#extracting.delete(target)
        this.#usedAt.delete(target)
      }
    open.mounts[Symbol.dispose]()
    await open.file[Symbol.asyncDispose]()
  }

  /** Writes what the file holds into the catalog, under ids of this machine; all or nothing. */
  #record(
    key: string,
    path: string,
    saved: SavedIncident,
    queries: Readonly<Record<string, string>>,
    file: IncidentFile,
  ): { incident: string; sources: string[] } {
    const { catalog, platform } = this.#engine
    const idOf = new Map<string, string>()
    const result = catalog.transaction(() => {
      const sources = saved.sources.map((source, ordinal) => {
        const id = `file-${key}-${ordinal}`
        idOf.set(source.id, id)
        catalog.sources.create({ id, name: source.name, kind: 'file', origin: [path], readOnly: true })
        // where the original is still here, the copy stays off: a question without sources would count its rows twice
        const original = catalog.sources.get(source.id)
        catalog.sources.update(id, {
          state: original?.state === 'ready' ? 'off' : 'ready',
          counts: source.counts,
          rows: Object.values(source.counts).reduce((sum, n) => sum + n, 0),
          ...(source.from !== undefined && { from: source.from }),
          ...(source.to !== undefined && { to: source.to }),
          ...(source.missing !== undefined && { missing: source.missing }),
        })
        return id
      })
      const incident: Incident = {
        ...saved.incident,
        id: `inc-file-${key}`,
        sources,
        readOnly: true,
        removed: false,
        stamps: [],
      }
      catalog.incidents.create(incident)
      for (const stamp of saved.incident.stamps) catalog.incidents.stamp(incident.id, stamp)
      for (const entry of saved.entries)
        catalog.entries.add(copyOfEntry(entry, incident.id, key, idOf), queries[entry.id] ?? null)
      catalog.audit.append({
        at: formatRfc3339(platform.clock.now()),
        actor: 'local',
        action: 'file.open',
        subject: incident.id,
        detail: { bytes: file.bytes },
      })
      return { incident: incident.id, sources }
    })
    this.#engine.changed('sources', ...result.sources)
    this.#engine.changed('incidents', result.incident)
    return result
  }

  async #mount(key: string, file: IncidentFile, incident: string, sources: readonly string[]): Promise<OpenFile> {
    const cache = this.#cacheOf(key)
    // what an earlier engine unpacked is unpacked and checked again when it is asked for
    await rm(cache, { recursive: true, force: true })
    await mkdir(cache, { recursive: true })
    const mounts = sources.map((source, ordinal) =>
      this.#engine.telemetry.mount(source, (table, range) => this.#parts(file, cache, ordinal, table, range)),
    )
    const open: OpenFile = { file, incident, sources, cache, mounts: disposeAll(mounts) }
    this.#open.set(key, open)
    return open
  }

  readonly #extracting = new Map<string, Promise<void>>()
  /** when a part was last asked for, epoch nanoseconds */
  readonly #usedAt = new Map<string, bigint>()

  /** Of every open file: bytes of its unpacked parts, and when one of them was last asked for. */
  async unpacked(): Promise<Array<{ key: string; name: string; bytes: number; usedAt: string }>> {
    const found = []
    for (const [key, { file, cache }] of this.#open) {
      const parts = this.#partsIn(cache)
      const sizes = await Promise.all(parts.map(([path]) => sizeOf(path)))
      const bytes = sizes.reduce((sum, size) => sum + size, 0)
      const usedAt = parts.map(([, at]) => at).sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n
      if (bytes > 0) found.push({ key, name: basename(file.path), bytes, usedAt: formatRfc3339(asEpochNs(usedAt)) })
    }
    return found
  }

  /** A question that runs now has asked for its parts a moment ago: what was not asked for in a while is nobody's. */
  async forget(key: string, unusedMinutes: number): Promise<number> {
    const open = this.#open.get(key)
    if (!open) throw new WatchdeckError('not_found', 'The incident file was closed.')
    // an export or a save may read for longer than a question may take
    if (this.#engine.jobs.list().some(({ state, method }) => state === 'running' && READING.test(method)))
      throw new WatchdeckError('conflict', 'The incident file may be being read.', {
        hint: 'Try again when the job has ended.',
        retryable: true,
      })
    const before = this.#engine.platform.clock.now() - BigInt(unusedMinutes) * 60_000_000_000n
    let bytes = 0
    for (const [path, usedAt] of this.#partsIn(open.cache)) {
      if (usedAt > before) continue
      this.#extracting.delete(path)
      this.#usedAt.delete(path)
      bytes += await sizeOf(path)
      await rm(path, { force: true })
    }
    return bytes
  }

  #partsIn(cache: string): Array<[path: string, usedAt: bigint]> {
    return [...this.#usedAt].filter(([path]) => path.startsWith(cache + sep))
  }

  /** Paths of the parts that may hold rows of the range, copied out and checked first. */
  async #parts(
    file: IncidentFile,
    cache: string,
    ordinal: number,
    table: TelemetryTable,
    range: TimeRange | undefined,
  ): Promise<string[]> {
    const wanted = file.manifest.entries.filter(
      ({ part }) =>
        part !== undefined &&
        part.source === ordinal &&
        part.table === table &&
        (range === undefined ||
          part.from === null ||
          part.to === null ||
          (BigInt(part.from) < range.to && BigInt(part.to) >= range.from)),
    )
    const paths: string[] = []
    for (const entry of wanted) {
      const target = join(cache, entry.name.slice('data/'.length).replace('/', '-'))
      this.#usedAt.set(target, this.#engine.platform.clock.now())
      let extraction = this.#extracting.get(target)
      if (!extraction) {
        extraction = this.#extract(file, entry.name, target, table, entry.part?.rows ?? 0, entry.bytes)
        this.#extracting.set(target, extraction)
      }
      try {
        await extraction
      } catch (error) {
        this.#extracting.delete(target)
        throw error
      }
      paths.push(target)
    }
    return paths
  }

  async #extract(
    file: IncidentFile,
    name: string,
    target: string,
    table: TelemetryTable,
    rows: number,
    bytes: number,
  ): Promise<void> {
    if (await stat(target).catch(() => undefined)) await rm(target)
    await file.extract(name, target)
    try {
      await checkParquet(this.#engine, target, name, table, rows, bytes)
    } catch (error) {
      await rm(target, { force: true })
      throw error
    }
  }

  #cacheOf(key: string): string {
    return join(this.#engine.telemetry.cacheDir, key)
  }
}

/** The columns and the number of rows must be what the schema and the manifest say, before any question reads them. */
async function checkParquet(
  engine: EngineContext,
  path: string,
  name: string,
  table: TelemetryTable,
  rows: number,
  bytes: number,
): Promise<void> {
  const corrupt = (reason: string) =>
    new WatchdeckError('corrupt', `The incident file cannot be opened: ${name} ${reason}.`, {
      hint: 'Ask for the file again; this one is damaged or was not made by Watchdeck.',
    })
  const literal = `'${path.replaceAll("'", "''")}'`
  const described = await engine.telemetry
    .rows<{ column_name: string; column_type: string }>(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${literal}))`,
      [],
    )
    .catch(() => {
      throw corrupt('is no readable Parquet file')
    })
  const expected = columnsOf(table)
  const found = described.map((c) => `${c.column_name} ${c.column_type}`)
  if (found.join(',') !== expected.join(',')) throw corrupt('has other columns than it should')
  const [meta] = await engine.telemetry.rows<{ n: bigint }>(
    `SELECT num_rows AS n FROM parquet_file_metadata(${literal})`,
    [],
  )
  if (Number(meta?.n ?? -1) !== rows) throw corrupt('has another number of rows than its manifest says')
  if (rows > Math.max(1_000_000, bytes * MAX_ROWS_PER_BYTE)) throw corrupt('claims more rows than its size allows')
}

/** 'source INTEGER', 'trace_id UUID', .. in the order of the schema. */
function columnsOf(table: TelemetryTable): string[] {
  return TELEMETRY_TABLES[table].split(',').map((c) =>
    c
      .trim()
      .replace(/ NOT NULL$/, '')
      .replace(/\s+/g, ' ')
      .replaceAll('"', ''),
  )
}

function copyOfEntry(entry: Entry, incident: string, key: string, idOf: ReadonlyMap<string, string>): Entry {
  const sources = entry.what?.input['sources']
  const what =
    entry.what === null || !Array.isArray(sources)
      ? entry.what
      : {
          ...entry.what,
          input: {
            ...entry.what.input,
            sources: sources.map((id) => (typeof id === 'string' ? (idOf.get(id) ?? id) : id)),
          },
        }
  return {
    ...entry,
    id: `ent-${key}-${createHash('sha256').update(entry.id).digest('hex').slice(0, 12)}`,
    incident,
    what,
  }
}

/** Names a file by its content: its manifest holds the hash of every entry. */
function contentKey(file: IncidentFile): string {
  return createHash('sha256').update(JSON.stringify(file.manifest)).digest('hex').slice(0, 16)
}

const keyOfSource = (source: string): string => source.split('-')[1] ?? ''

const answerOf = (open: OpenFile): { source: string; incident: string } => ({
  source: open.sources[0] ?? '',
  incident: open.incident,
})

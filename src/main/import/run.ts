// import.run: every file of the paths into one source, each whole or not at all, with a report for each.

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isAbort, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { z } from 'zod'
import type { import_, Mapping, zImportedFile } from '../../shared/contract/import.ts'
import type { MethodOutput, MethodParsedInput } from '../../shared/contract/index.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { uploadsFolder } from '../platform/places.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { WrittenRows } from '../storage/telemetry/api.ts'
import { openBytes } from './bytes.ts'
import { expandPaths, type FoundFile } from './expand.ts'
import { type Inspected, inspect } from './inspect.ts'
import { loadFile } from './load-file.ts'
import { recipeNamed } from './recipes.ts'
import { unpackArchives } from './unpack.ts'
import type { ImportWorkers } from './read-in-worker.ts'

type Input = MethodParsedInput<'import.run'>
type Output = MethodOutput<'import.run'>
type FileReport = z.output<typeof zImportedFile>
export type Mappings = z.output<(typeof import_)['preview']['input']>['mapping']

/** The mapping for a path: its own, the one for all, or none. */
export function mappingFor(mapping: Mappings, path: string): Mapping {
  if (mapping === undefined) return {}
  if (Object.hasOwn(mapping, path)) return (mapping as Record<string, Mapping>)[path] ?? {}
  return Object.values(mapping).some((value) => typeof value === 'object') ? {} : (mapping as Mapping)
}

export async function runImport(
  engine: EngineContext,
  workers: ImportWorkers,
  input: Input,
  context: CallContext,
): Promise<Output> {
  const found = await expandPaths(input.paths, context.signal)
  if (found.length === 0) throw new WatchdeckError('not_found', 'There are no files in these folders.')
  const recipe = input.recipe === undefined ? undefined : recipeNamed(engine, input.recipe)
  if (recipe !== undefined) engine.catalog.recipes.used(recipe.id, formatRfc3339(engine.platform.clock.now()))
  const folder = unpackFolder(engine.platform.dataDir)
  try {
    context.progress(null, 'Looking at the files')
    const files = await unpackArchives(found, { folder, signal: context.signal })
    return await new ImportRun(engine, workers, input, context, files).run()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class ImportRun {
  readonly #engine: EngineContext
  readonly #workers: ImportWorkers
  readonly #input: Input
  readonly #context: CallContext
  readonly #files: readonly FoundFile[]
  readonly #totalBytes: number
  #doneBytes = 0
  #source: SourceRecord | undefined
  #isNew = false
  /** where content that was there already, or an opened incident file, lives */
  #elsewhere: string | undefined
  readonly #rows = { spans: 0, logs: 0, samples: 0, objects: 0, events: 0 }
  #from: bigint | null = null
  #to: bigint | null = null

  constructor(
    engine: EngineContext,
    workers: ImportWorkers,
    input: Input,
    context: CallContext,
    files: readonly FoundFile[],
  ) {
    this.#engine = engine
    this.#workers = workers
    this.#input = input
    this.#context = context
    this.#files = files
    this.#totalBytes = Math.max(
      1,
      files.reduce((sum, file) => sum + file.bytes, 0),
    )
  }

  async run(): Promise<Output> {
    const reports: FileReport[] = []
    const errors: unknown[] = []
    try {
      for (const file of this.#files) {
        this.#progress(0, file)
        reports.push(await this.#file(file, errors))
        this.#doneBytes += file.bytes
      }
    } finally {
      this.#settle()
    }
    const source = this.#source?.id ?? this.#elsewhere
    if (source === undefined) throw this.#allFailed(errors, reports)
    // nothing new: the stretch of what is there already
    const there = this.#from === null ? this.#engine.catalog.sources.get(source) : undefined
    return {
      source,
      files: reports,
      ...this.#rows,
      from: this.#from === null ? (there?.from ?? null) : formatRfc3339(this.#from),
      to: this.#to === null ? (there?.to ?? null) : formatRfc3339(this.#to),
    }
  }

  async #file(file: FoundFile, errors: unknown[]): Promise<FileReport> {
    const report: FileReport = {
      path: file.path,
      format: 'unknown',
      rowsTaken: 0,
      rowsSkipped: 0,
      skipped: [],
      alreadyImported: false,
    }
    try {
      const inspected = await inspect(file, this.#mapping(file), this.#engine.platform.clock.now())
      report.format = inspected.detected.format
      if (report.format === 'watchdeck') await this.#incidentFile(file, report)
      else {
        await this.#telemetry(file, inspected, report)
        if (file.archive === undefined) await forgetUpload(this.#engine.platform.dataDir, file.path)
      }
      if (file.notes !== undefined && file.notes.length > 0) report.notes = [...(report.notes ?? []), ...file.notes]
    } catch (error) {
      if (
        isAbort(error) ||
        this.#context.signal.aborted ||
        (error instanceof WatchdeckError && error.code === 'cancelled')
      )
        throw error
      if (!(error instanceof WatchdeckError))
        this.#context.log.error('import of a file failed', { error: String(error) })
      errors.push(error)
      const shape = toErrorShape(error)
      report.error = {
        code: shape.code,
        message: shape.message,
        ...(shape.hint === undefined ? {} : { hint: shape.hint }),
      }
      const skipped = shape.details?.skipped
      if (Array.isArray(skipped)) {
        report.skipped = skipped as FileReport['skipped']
        report.rowsSkipped = report.skipped.reduce((sum, s) => sum + s.count, 0)
      }
    }
    return report
  }

  #mapping(file: FoundFile): Mapping {
    const given = mappingFor(this.#input.mapping, file.path)
    const { recipe } = this.#input
    return recipe !== undefined && Object.keys(given).length === 0 ? recipeNamed(this.#engine, recipe).mapping : given
  }

  async #incidentFile(file: FoundFile, report: FileReport): Promise<void> {
    const opened = await this.#engine.call('file.open', { path: file.disk }, this.#context)
    this.#elsewhere ??= opened.source
    report.notes = ['opened read-only as an incident file']
  }

  async #telemetry(file: FoundFile, inspected: Inspected, report: FileReport): Promise<void> {
    // Reading twice costs less than importing for nothing: only a file of a known size can be a known file.
    if (await this.#sameSizeIsSame(file, inspected, report)) return
    const source = this.#target()
    const loaded = await loadFile(file, inspected, {
      store: this.#engine.telemetry,
      workers: this.#workers,
      source: source.id,
      skipBadRows: this.#input.skipBadRows,
      signal: this.#context.signal,
      isKnown: (sha256) => this.#holderOf(sha256) !== undefined,
      journal: (read) => ({
        sha256: read.sha256,
        path: file.path,
        bytes: file.bytes,
        format: report.format,
        rowsTaken: read.rowsTaken,
        rowsSkipped: read.rowsSkipped,
        importedAt: formatRfc3339(this.#engine.platform.clock.now()),
      }),
      onProgress: (bytes) => this.#progress(bytes, file),
    })
    if (loaded.written === null) {
      report.alreadyImported = true
      this.#elsewhere ??= this.#holderOf(loaded.sha256)
      return
    }
    report.rowsTaken = loaded.read.rowsTaken
    report.rowsSkipped = loaded.read.rowsSkipped
    report.skipped = [...loaded.read.skipped]
    const notes = [...inspected.remarks, ...loaded.read.notes]
    if (notes.length > 0) report.notes = notes
    this.#record(file, report, loaded.sha256, loaded.written)
  }

  #record(file: FoundFile, report: FileReport, sha256: string, written: WrittenRows): void {
    const { catalog, platform } = this.#engine
    const source = this.#source as SourceRecord
    const counts = { ...source.counts }
    for (const key of Object.keys(counts) as Array<keyof typeof counts>) counts[key] += written[key]
    const from = earliest(source.from, written.from)
    const to = latest(source.to, written.to)
    catalog.transaction(() => {
      catalog.imports.add({
        sha256,
        source: source.id,
        path: file.path,
        bytes: file.bytes,
        format: report.format,
        rowsTaken: report.rowsTaken,
        rowsSkipped: report.rowsSkipped,
        importedAt: formatRfc3339(platform.clock.now()),
      })
      const { spans, logs, samples, objects, happenings, userEvents } = counts
      this.#source = catalog.sources.update(source.id, {
        counts,
        rows: spans + logs + samples + objects + happenings + userEvents,
        origin: [...new Set([...source.origin, file.archive ?? file.path])].slice(0, 1000),
        ...(from === null ? {} : { from: formatRfc3339(from) }),
        ...(to === null ? {} : { to: formatRfc3339(to) }),
      })
    })
    this.#rows.spans += written.spans
    this.#rows.logs += written.logs
    this.#rows.samples += written.samples
    this.#rows.objects += written.objects
    this.#rows.events += written.happenings
    if (written.from !== null && (this.#from === null || written.from < this.#from)) this.#from = written.from
    if (written.to !== null && (this.#to === null || written.to > this.#to)) this.#to = written.to
    this.#engine.changed('sources', source.id)
  }

  /** The source that takes the rows: the import of the given name, else a new one. */
  #target(): SourceRecord {
    if (this.#source) return this.#source
    const { catalog } = this.#engine
    const name = this.#input.source
    const existing =
      name === undefined
        ? undefined
        : catalog.sources.list().find((s) => s.kind === 'import' && s.name === name && s.state !== 'removed')
    if (existing && existing.state !== 'ready' && existing.state !== 'off')
      throw new WatchdeckError('conflict', `The source ${JSON.stringify(existing.name)} is ${existing.state}.`, {
        hint: 'Wait, or choose another name.',
      })
    this.#isNew = existing === undefined
    const origins = [...new Set(this.#files.map(({ archive, path }) => archive ?? path))]
    const first = basename(origins[0] ?? 'import')
    const more = origins.length - 1
    this.#source =
      existing ??
      catalog.sources.create({
        name: name ?? (more > 0 ? `${first} and ${more} more` : first),
        kind: 'import',
        origin: [],
        readOnly: false,
      })
    this.#engine.changed('sources', this.#source.id)
    return this.#source
  }

  /** After the last file, a failure or a cancel: a source that took something is ready, an empty new one goes. */
  #settle(): void {
    const source = this.#source
    if (source === undefined) return
    const { catalog } = this.#engine
    if (this.#isNew && catalog.imports.ofSource(source.id).length === 0) {
      catalog.sources.delete(source.id)
      this.#source = undefined
    } else if (this.#isNew) this.#source = catalog.sources.update(source.id, { state: 'ready' })
    this.#engine.changed('sources', source.id)
  }

  async #sameSizeIsSame(file: FoundFile, inspected: Inspected, report: FileReport): Promise<boolean> {
    const { catalog } = this.#engine
    const sizes = catalog.sources
      .list()
      .filter((s) => s.state !== 'removed')
      .flatMap((s) => catalog.imports.ofSource(s.id))
      .map((i) => i.bytes)
    if (!sizes.includes(file.bytes)) return false
    const bytes = openBytes(file.disk, inspected.compression, 'utf-8', this.#context.signal)
    for await (const chunk of bytes.chunks) if (chunk.length === 0) break
    const holder = this.#holderOf(bytes.sha256())
    if (holder === undefined) return false
    report.alreadyImported = true
    this.#elsewhere ??= holder
    return true
  }

  #holderOf(sha256: string): string | undefined {
    const { catalog } = this.#engine
    return catalog.imports.find(sha256).find((record) => {
      const state = catalog.sources.get(record.source)?.state
      return state !== undefined && state !== 'removed'
    })?.source
  }

  #progress(bytes: number, file: FoundFile): void {
    const at = this.#files.indexOf(file) + 1
    const of = this.#files.length > 1 ? ` (${at} of ${this.#files.length})` : ''
    this.#context.progress(
      Math.min(1, (this.#doneBytes + bytes) / this.#totalBytes),
      `Reading ${basename(file.path)}${of}`,
    )
  }

  #allFailed(errors: readonly unknown[], reports: readonly FileReport[]): unknown {
    const first = errors[0]
    if (!(first instanceof WatchdeckError)) return first ?? new WatchdeckError('corrupt', 'No file could be read.')
    const more = errors.length > 1 ? ` None of the ${errors.length} files could be read.` : ''
    const name = basename(reports.find((r) => r.error !== undefined)?.path ?? '')
    return new WatchdeckError(first.code, `${name}: ${first.message}${more}`, {
      hint: first.hint,
      details: { files: reports },
    })
  }
}

/** A folder for what comes out of archives; one that a crash leaves is swept with the forgotten uploads. */
export const unpackFolder = (dataDir: string): string => join(uploadsFolder(dataDir), `unpacked-${randomUUID()}`)

/** The copy that a page sent (web/upload.ts) has done its work once its rows are in the store. */
async function forgetUpload(dataDir: string, path: string): Promise<void> {
  const home = dirname(path)
  if (dirname(home) === join(dataDir, 'uploads') && basename(home).startsWith('drop-'))
    await rm(home, { recursive: true, force: true })
}

/** SHA-256 of a whole file's unpacked content; for preview. */
export async function contentSha256(file: FoundFile, inspected: Inspected, signal: AbortSignal): Promise<string> {
  const bytes = openBytes(file.disk, inspected.compression, 'utf-8', signal)
  for await (const chunk of bytes.chunks) if (chunk.length === 0) break
  return bytes.sha256()
}

function earliest(known: string | undefined, found: bigint | null): bigint | null {
  const before = known === undefined ? undefined : tryParseRfc3339(known)
  if (before === undefined) return found
  return found === null || before < found ? before : found
}

function latest(known: string | undefined, found: bigint | null): bigint | null {
  const before = known === undefined ? undefined : tryParseRfc3339(known)
  if (before === undefined) return found
  return found === null || before > found ? before : found
}

// Opened incident files: each source inside one becomes a read-only source, its Parquet parts are copied out of the zip
// into the cache when a question first needs them. What is open survives a restart; what is closed leaves nothing.

import { createHash } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { disposeAll } from '../../shared/base/disposable.ts'
import { toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import type { EngineContext } from '../engine/api.ts'
import { type IncidentFile, openIncidentFile } from '../storage/incident-file/read.ts'
import { FileParts } from './parts.ts'
import { keyOfSource, type Recorded, recordFile } from './record-file.ts'

/** Up to here every byte is hashed before a file counts as opened: well under a second on a laptop. */
const HASHED_AT_ONCE_BYTES = 128e6

/** Jobs that read the rows of sources. */
const READING = /^(file|export|report)\./

interface OpenFile extends Recorded {
  readonly file: IncidentFile
  readonly parts: FileParts
  readonly mounts: Disposable
  /** of a large file: hashes what no question has read yet */
  readonly checking: AbortController
}

export class OpenedFiles {
  #openings = 0
  readonly #engine: EngineContext
  readonly #hashedAtOnce: number
  /** by the id that names the file's content */
  readonly #open = new Map<string, OpenFile>()
  readonly #checks = new Set<Promise<void>>()

  /** @param hashedAtOnce bytes up to which a file is hashed as a whole before it is opened */
  constructor(engine: EngineContext, hashedAtOnce: number = HASHED_AT_ONCE_BYTES) {
    this.#engine = engine
    this.#hashedAtOnce = hashedAtOnce
  }

  /**
   * The manifest names the content, so that the same content opened twice is one source. What fits its manifest takes the
   * place of what was open before; what does not is refused, and nothing is changed.
   * @throws WatchdeckError `corrupt` with the entry that does not fit its hash
   */
  async open(
    path: string,
    passphrase: string | undefined,
    signal: AbortSignal,
  ): Promise<{ source: string; incident: string }> {
    const whole = resolve(path)
    const file = await openIncidentFile(whole, passphrase)
    try {
      const key = contentKey(file)
      const large = file.bytes > this.#hashedAtOnce
      if (!large) await file.check(signal)
      const saved = await file.incident()
      const queries = await file.queries()
      const already = this.#open.get(key)
      // what was found whole is not given up for a copy of which nobody knows that yet
      const stays = large && already !== undefined && already.file.path !== whole && (await isThere(already.file))
      const kept = stays ? already.file : file
      const recorded = recordFile(this.#engine, { key, path: kept.path, bytes: file.bytes, saved, queries })
      if (stays) await file[Symbol.asyncDispose]()
      else {
        await this.#unmount(key)
        await this.#mount(key, file, recorded)
        if (large) this.#checkLater(key)
      }
      return { source: recorded.sources[0] ?? '', incident: recorded.incident }
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Mounts again what was open when the engine last stopped; a file that is gone is shown as broken, with the reason. */
  async reopenAll(): Promise<void> {
    const { catalog, log } = this.#engine
    const byKey = Map.groupBy(
      catalog.sources.list().filter((s) => s.kind === 'file' && s.state !== 'removed'),
      (s) => keyOfSource(s.id),
    )
    for (const [key, sources] of byKey) {
      const ids = sources.sort((a, b) => a.key - b.key).map((s) => s.id)
      try {
        const file = await openIncidentFile(sources[0]?.origin[0] ?? '')
        const incident = catalog.incidents.list().find((i) => i.readOnly && i.sources.some((id) => ids.includes(id)))
        if (!incident || contentKey(file) !== key) {
          await file[Symbol.asyncDispose]()
          throw new WatchdeckError('corrupt', 'The incident file was replaced by another one.')
        }
        // what an earlier engine unpacked is unpacked and checked again when it is asked for
        await rm(this.#cacheOf(key), { recursive: true, force: true })
        await this.#mount(key, file, { incident: incident.id, sources: incident.sources })
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
    await Promise.all(this.#checks)
  }

  async #unmount(key: string): Promise<void> {
    const open = this.#open.get(key)
    if (!open) return
    this.#open.delete(key)
    open.checking.abort()
    open.mounts[Symbol.dispose]()
    await open.file[Symbol.asyncDispose]()
  }

  async #mount(key: string, file: IncidentFile, recorded: Recorded): Promise<void> {
    // a folder for each opening: a question that reads the parts of the one before keeps them until the file is closed
    const cache = join(this.#cacheOf(key), String(++this.#openings))
    await rm(cache, { recursive: true, force: true })
    await mkdir(cache, { recursive: true })
    const parts = new FileParts(this.#engine.telemetry, file, cache, () => this.#engine.platform.clock.now())
    const mounts = recorded.sources.flatMap((source, ordinal) =>
      // one of several may have been removed for good
      this.#engine.catalog.sources.get(source) === undefined
        ? []
        : [this.#engine.telemetry.mount(source, (table, range) => parts.of(ordinal, table, range))],
    )
    this.#open.set(key, { ...recorded, file, parts, mounts: disposeAll(mounts), checking: new AbortController() })
  }

  /** Of every open file: bytes of its unpacked parts, and when one of them was last asked for. */
  async unpacked(): Promise<Array<{ key: string; name: string; bytes: number; usedAt: string }>> {
    const found = []
    for (const [key, { file, parts }] of this.#open) {
      const { bytes, usedAt } = await parts.unpacked()
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
    return open.parts.forget(this.#engine.platform.clock.now() - BigInt(unusedMinutes) * 60_000_000_000n)
  }

  /** A part that a question needs is hashed before it is used; the rest of a large file here, and a bad one is closed. */
  #checkLater(key: string): void {
    const open = this.#open.get(key)
    if (!open) return
    const check = open.file.check(open.checking.signal).catch(async (error: unknown) => {
      if (this.#open.get(key) !== open) return
      const { catalog, log, changed } = this.#engine
      log.warn('an opened incident file does not fit its hashes', { code: toErrorShape(error).code })
      await this.#unmount(key)
      for (const id of open.sources)
        if (catalog.sources.get(id)?.state === 'ready' || catalog.sources.get(id)?.state === 'off')
          catalog.sources.update(id, { state: 'broken' })
      changed('sources', ...open.sources)
    })
    this.#checks.add(check)
    void check.finally(() => this.#checks.delete(check))
  }

  /** Resolves when no large file is being hashed: for tests. */
  async checked(): Promise<void> {
    await Promise.all(this.#checks)
  }

  #cacheOf(key: string): string {
    return join(this.#engine.telemetry.cacheDir, key)
  }
}

const isThere = async ({ path, bytes }: IncidentFile): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.size === bytes

/** Names a file by its content: its manifest holds the hash of every entry. */
function contentKey(file: IncidentFile): string {
  return createHash('sha256').update(JSON.stringify(file.manifest)).digest('hex').slice(0, 16)
}

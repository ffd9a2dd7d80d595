// Reads a `.watchdeck` file as hostile input: nothing is written or trusted before its name, size, place and hash fit.
// Entries are stored, never deflated, so that no entry can be larger than the file (no bombs).

import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open as openFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as yauzl from 'yauzl'
import type { z } from 'zod'
import { throwIfAborted, WatchdeckError } from '../../../shared/base/errors.ts'
import { zHeld } from '../../../shared/contract/sources.ts'
import { commonPart, type Held, HELD_KINDS, type HeldKind } from '../../../shared/domain/held.ts'
import { countsOf } from '../telemetry/source-counts.ts'
import { TELEMETRY_SCHEMA_VERSION } from '../telemetry/schema.ts'
import { decryptStream, ENCRYPTION_OVERHEAD, keyOf } from './encryption.ts'
import {
  DATA_ENTRY,
  type DataPart,
  FILE_VERSION,
  INCIDENT_ENTRY,
  type Manifest,
  MANIFEST_ENTRY,
  QUERIES_ENTRY,
  type SavedIncident,
  type SavedSource,
  zManifest,
  zSavedIncident,
  zSavedQueries,
} from './manifest.ts'

const MAX_ENTRIES = 5000
const MAX_JSON_BYTES = { [MANIFEST_ENTRY]: 8e6, [INCIDENT_ENTRY]: 128e6, [QUERIES_ENTRY]: 256e6 } as const
const KEEP_FREE_BYTES = 500e6

export type HeldSource = SavedSource & { readonly held: Held }
export type HeldIncident = Omit<SavedIncident, 'sources'> & { readonly sources: readonly HeldSource[] }

export interface IncidentFile extends AsyncDisposable {
  readonly path: string
  readonly bytes: number
  readonly manifest: Manifest
  incident(): Promise<HeldIncident>
  /** pin id -> JSON text of its answer */
  queries(): Promise<Readonly<Record<string, string>>>
  /** Copies a data entry to `target`, hashing on the way; nothing is left there when it does not fit. */
  extract(name: string, target: string, signal?: AbortSignal): Promise<void>
  /** Hashes every entry; answers with what is wrong. */
  verify(signal?: AbortSignal): Promise<string[]>
  /** Hashes every entry. @throws WatchdeckError corrupt, with the first that does not fit */
  check(signal?: AbortSignal): Promise<void>
}

/**
 * @throws WatchdeckError not_found, corrupt (with the reason), unsupported (newer version), unauthenticated (passphrase)
 */
export async function openIncidentFile(path: string, passphrase?: string): Promise<IncidentFile> {
  const info = await stat(path).catch(() => undefined)
  if (!info?.isFile()) throw new WatchdeckError('not_found', `There is no file ${JSON.stringify(path)}.`)
  const zip = await yauzl
    .openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true })
    .catch((error: unknown) => {
      throw corrupt('it is no zip archive or is cut off', error)
    })
  try {
    const entries = await listEntries(zip, info.size)
    const manifest = parseJson(zManifest, await readSmall(zip, entries, MANIFEST_ENTRY, undefined), 'manifest')
    checkManifest(manifest, entries)
    const key = manifest.encryption ? keyOf(manifest.encryption, passphrase) : undefined
    return new OpenFile(path, info.size, zip, entries, manifest, key)
  } catch (error) {
    zip.close()
    throw error
  }
}

class OpenFile implements IncidentFile {
  readonly path: string
  readonly bytes: number
  readonly manifest: Manifest
  readonly #zip: yauzl.ZipFile
  readonly #entries: ReadonlyMap<string, yauzl.Entry>
  readonly #key: Buffer | undefined

  constructor(
    path: string,
    bytes: number,
    zip: yauzl.ZipFile,
    entries: ReadonlyMap<string, yauzl.Entry>,
    manifest: Manifest,
    key: Buffer | undefined,
  ) {
    this.path = path
    this.bytes = bytes
    this.#zip = zip
    this.#entries = entries
    this.manifest = manifest
    this.#key = key
  }

  async incident(): Promise<HeldIncident> {
    const saved = parseJson(zSavedIncident, await this.#json(INCIDENT_ENTRY), 'incident')
    const parts = this.manifest.entries.flatMap(({ part }) => part ?? [])
    if (parts.some(({ source }) => source >= saved.sources.length))
      throw corrupt('it has data of a source it does not name')
    if (this.manifest.version >= 2 && saved.sources.some(({ held }) => held === undefined))
      throw corrupt('it does not say what it holds')
    const sources = saved.sources.map((source, ordinal) => withHeld(source, ordinal, saved, parts))
    return { ...saved, sources }
  }

  async queries(): Promise<Readonly<Record<string, string>>> {
    return parseJson(zSavedQueries, await this.#json(QUERIES_ENTRY), 'queries')
  }

  async extract(name: string, target: string, signal?: AbortSignal): Promise<void> {
    const listed = this.#listed(name)
    const disk = await statfs(dirname(target))
    if (disk.bavail * disk.bsize < listed.bytes + KEEP_FREE_BYTES)
      throw new WatchdeckError(
        'limit_exceeded',
        'There is not enough free disk space to open this part of the incident file.',
        {
          hint: `Free at least ${Math.ceil((listed.bytes + KEEP_FREE_BYTES) / 1e6)} MB on the disk of the data folder.`,
        },
      )
    const partial = `${target}.part`
    const { hash, tap } = hashing()
    try {
      const source = await this.#stream(name).catch((error: unknown) => {
        // what the zip's reader says of a header that lies
        throw error instanceof WatchdeckError ? error : corrupt(`${name} cannot be read`, error)
      })
      const steps = this.#key ? [source, tap, decryptStream(this.#key)] : [source, tap]
      await pipeline([...steps, createWriteStream(partial)], { signal })
      if (hash.digest('hex') !== listed.sha256) throw corrupt(`the content of ${name} does not fit its hash`)
      if (name.endsWith('.parquet')) await checkParquetMagic(partial, name)
      await rename(partial, target)
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
  }

  async verify(signal?: AbortSignal): Promise<string[]> {
    const problems = await this.#wrongHashes(signal)
    for (const read of [() => this.incident(), () => this.queries()])
      await read().catch((error: unknown) => problems.push(error instanceof Error ? error.message : 'unknown'))
    return problems
  }

  async check(signal?: AbortSignal): Promise<void> {
    const [wrong] = await this.#wrongHashes(signal)
    if (wrong !== undefined) throw corrupt(wrong)
  }

  async #wrongHashes(signal: AbortSignal | undefined): Promise<string[]> {
    const problems: string[] = []
    for (const entry of this.manifest.entries) {
      throwIfAborted(signal)
      const { hash, tap } = hashing()
      try {
        await pipeline([await this.#stream(entry.name), tap, drain()], { signal })
        if (hash.digest('hex') !== entry.sha256) problems.push(`the content of ${entry.name} does not fit its hash`)
      } catch (error) {
        throwIfAborted(signal)
        problems.push(`${entry.name} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
      }
    }
    return problems
  }

  async #json(name: keyof typeof MAX_JSON_BYTES): Promise<Buffer> {
    const listed = this.#listed(name)
    const bytes = await readSmall(this.#zip, this.#entries, name, this.#key)
    if (bytes.sha256 !== listed.sha256) throw corrupt(`the content of ${name} does not fit its hash`)
    return bytes.content
  }

  #listed(name: string): Manifest['entries'][number] {
    const entry = this.manifest.entries.find((e) => e.name === name)
    if (!entry) throw corrupt(`${name} is missing`)
    return entry
  }

  async #stream(name: string): Promise<Readable> {
    const entry = this.#entries.get(name)
    if (!entry) throw corrupt(`${name} is missing`)
    return await this.#zip.openReadStreamPromise(entry)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#zip.close()
  }
}

/**
 * A file of version 1 has the counts of the whole source and says nothing of kinds: what has no part was not saved, unless
 * the source had none.
 */
function withHeld(
  source: SavedSource,
  ordinal: number,
  { incident }: SavedIncident,
  parts: readonly DataPart[],
): HeldSource {
  if (source.held !== undefined) return { ...source, held: source.held }
  const counts = countsOf(parts.filter((part) => part.source === ordinal))
  const had: Readonly<Record<HeldKind, readonly number[]>> = {
    traces: [source.counts.spans, counts.spans],
    logs: [source.counts.logs, counts.logs],
    metrics: [source.counts.samples, counts.samples],
    objects: [source.counts.objects + source.counts.happenings, counts.objects + counts.happenings],
    'user-events': [source.counts.userEvents, counts.userEvents],
  }
  const kinds = HELD_KINDS.filter((kind) => had[kind][0] === 0 || (had[kind][1] ?? 0) > 0)
  const held = zHeld.safeParse({ ...incident.range, kinds, services: [] })
  if (!held.success) throw corrupt('its incident has no range')
  const { from, to, ...rest } = source
  const extent = from !== undefined && to !== undefined ? commonPart({ from, to }, held.data) : undefined
  return { ...rest, ...extent, counts, held: held.data }
}

async function listEntries(zip: yauzl.ZipFile, fileBytes: number): Promise<Map<string, yauzl.Entry>> {
  if (zip.entryCount > MAX_ENTRIES)
    throw corrupt(`it has ${zip.entryCount} entries; at most ${MAX_ENTRIES} are allowed`)
  const entries = new Map<string, yauzl.Entry>()
  const places: Array<{ from: number; to: number }> = []
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName
      checkEntry(entry, name)
      if (entries.has(name)) throw corrupt(`it has two entries ${JSON.stringify(name)}`)
      entries.set(name, entry)
      places.push({
        from: entry.relativeOffsetOfLocalHeader,
        to: entry.relativeOffsetOfLocalHeader + 30 + entry.compressedSize,
      })
      if (entries.size > MAX_ENTRIES) throw corrupt(`it has more than ${MAX_ENTRIES} entries`)
    }
  } catch (error) {
    if (error instanceof WatchdeckError) throw error
    throw corrupt('its directory cannot be read', error)
  }
  places.sort((a, b) => a.from - b.from)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as { from: number; to: number }
    const next = places[i + 1]?.from ?? fileBytes
    if (place.to > next) throw corrupt('its entries overlap or reach past its end')
  }
  return entries
}

function checkEntry(entry: yauzl.Entry, name: string): void {
  const plain = name === MANIFEST_ENTRY || name === INCIDENT_ENTRY || name === QUERIES_ENTRY
  if (!plain && !DATA_ENTRY.test(name))
    throw corrupt(`it has an entry that does not belong there: ${JSON.stringify(name.slice(0, 80))}`)
  if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
    throw corrupt(`${name} is compressed; entries must be stored`)
  if ((entry.generalPurposeBitFlag & 0x1) !== 0) throw corrupt(`${name} is encrypted in a way that is not ours`)
  const unixType = (entry.externalFileAttributes >>> 16) & 0o170000
  if (unixType !== 0 && unixType !== 0o100000) throw corrupt(`${name} is a link or a special file`)
  if (plain && entry.uncompressedSize > MAX_JSON_BYTES[name]) throw corrupt(`${name} is too large`)
}

function checkManifest(manifest: Manifest, entries: ReadonlyMap<string, yauzl.Entry>): void {
  if (manifest.version > FILE_VERSION || manifest.schema > TELEMETRY_SCHEMA_VERSION)
    throw new WatchdeckError(
      'unsupported',
      `This incident file was written by a newer Watchdeck (format ${manifest.version}).`,
      {
        hint: 'Update Watchdeck and open it again.',
        messageKey: 'error.fileNewer',
      },
    )
  const named = new Set(manifest.entries.map((e) => e.name))
  if (named.size !== manifest.entries.length) throw corrupt('its manifest names an entry twice')
  for (const name of entries.keys())
    if (name !== MANIFEST_ENTRY && !named.has(name)) throw corrupt(`${name} is not in its manifest`)
  const overhead = manifest.encryption ? ENCRYPTION_OVERHEAD : 0
  for (const listed of manifest.entries) {
    const entry = entries.get(listed.name)
    if (!entry || listed.name === MANIFEST_ENTRY) throw corrupt(`${listed.name} is missing`)
    if (entry.uncompressedSize !== listed.bytes || entry.uncompressedSize < overhead)
      throw corrupt(`${listed.name} does not have its size`)
    const data = DATA_ENTRY.exec(listed.name)
    if (!data !== (listed.part === undefined)) throw corrupt(`${listed.name} is described wrongly`)
    if (data && (Number(data[1]) !== listed.part?.source || data[2] !== listed.part.table))
      throw corrupt(`${listed.name} is described wrongly`)
  }
  for (const name of [INCIDENT_ENTRY, QUERIES_ENTRY]) if (!named.has(name)) throw corrupt(`${name} is missing`)
}

async function readSmall(
  zip: yauzl.ZipFile,
  entries: ReadonlyMap<string, yauzl.Entry>,
  name: keyof typeof MAX_JSON_BYTES,
  key: Buffer | undefined,
): Promise<{ content: Buffer; sha256: string }> {
  const entry = entries.get(name)
  if (!entry) throw corrupt(`${name} is missing`)
  const { hash, tap } = hashing()
  const chunks: Buffer[] = []
  const collect = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      chunks.push(chunk)
      done()
    },
  })
  const source = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw corrupt(`${name} cannot be read`, error)
  })
  await pipeline(key ? [source, tap, decryptStream(key), collect] : [source, tap, collect]).catch((error: unknown) => {
    if (error instanceof WatchdeckError) throw error
    throw corrupt(`${name} cannot be read`, error)
  })
  return { content: Buffer.concat(chunks), sha256: hash.digest('hex') }
}

function parseJson<S extends z.ZodType>(schema: S, from: Buffer | { content: Buffer }, what: string): z.output<S> {
  const bytes = Buffer.isBuffer(from) ? from : from.content
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw corrupt(`its ${what} is no JSON`, error)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw corrupt(`its ${what} has a wrong shape at ${issue?.path.join('.') || 'its top'}`)
  }
  return parsed.data
}

async function checkParquetMagic(path: string, name: string): Promise<void> {
  await using file = await openFile(path, 'r')
  const { size } = await file.stat()
  const ends = Buffer.alloc(8)
  if (size >= 12) {
    await file.read(ends, 0, 4, 0)
    await file.read(ends, 4, 4, size - 4)
  }
  if (ends.toString('latin1') !== 'PAR1PAR1') throw corrupt(`${name} is no Parquet file`)
}

function hashing(): { hash: ReturnType<typeof createHash>; tap: Transform } {
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { hash, tap }
}

const drain = () =>
  new Transform({
    transform(_chunk: Buffer, _encoding, done: TransformCallback) {
      done()
    },
  })

function corrupt(reason: string, cause?: unknown): WatchdeckError {
  return new WatchdeckError('corrupt', `The incident file cannot be opened: ${reason}.`, {
    hint: 'Ask for the file again; this one is damaged or was not made by Watchdeck.',
    details: { reason },
    cause,
  })
}

// Writes a `.watchdeck` file: entries are stored (Parquet is compressed already), each with its size and SHA-256 in the
// manifest. The new file is whole and on disk before it takes the place of an old one.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open as openFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { TELEMETRY_SCHEMA_VERSION } from '../telemetry/schema.ts'
import { encryptStream, newKey } from './encryption.ts'
import {
  type DataPart,
  FILE_FORMAT,
  FILE_VERSION,
  INCIDENT_ENTRY,
  type Manifest,
  MANIFEST_ENTRY,
  QUERIES_ENTRY,
  type SavedIncident,
} from './manifest.ts'

export interface PartFile {
  readonly path: string
  readonly part: DataPart
}

export interface IncidentFileContent {
  readonly saved: SavedIncident
  /** pin id -> JSON text of its answer */
  readonly queries: Readonly<Record<string, string>>
  /** in the order they shall have in the file */
  readonly parts: readonly PartFile[]
  readonly redaction: readonly string[]
  readonly createdAt: string
  readonly createdBy: string
}

export interface WriteOptions {
  readonly passphrase?: string | undefined
  readonly overwrite: boolean
  readonly signal: AbortSignal
  /** a folder of ours for encrypted copies; empty again afterwards */
  readonly scratch: string
  progress(fraction: number): void
}

/** @throws WatchdeckError conflict when the file exists and may not be replaced; unavailable when the disk says no */
export async function writeIncidentFile(
  path: string,
  content: IncidentFileContent,
  options: WriteOptions,
): Promise<{ bytes: number; sha256: string; entries: number }> {
  await requireFreeTarget(path, options.overwrite)
  const encryption = options.passphrase === undefined ? undefined : newKey(options.passphrase)
  const partial = `${path}.${process.pid}.part`
  await sweepParts(path)
  try {
    const written = await writeZip(partial, content, encryption, options)
    await syncFile(partial)
    await rename(partial, path)
    await syncFolder(dirname(path))
    return written
  } catch (error) {
    await rm(partial, { force: true })
    throw diskError(error, path)
  }
}

/** Half files of saves to this very place whose process was killed. */
async function sweepParts(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)]
  const found = await readdir(folder).catch(() => [])
  for (const other of found) {
    const pid = other.startsWith(`${name}.`) ? /^\.(\d{1,10})\.part$/.exec(other.slice(name.length))?.[1] : undefined
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, other), { force: true })
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** @throws WatchdeckError conflict: asked before the long work, and again before the file is put in its place */
export async function requireFreeTarget(path: string, overwrite: boolean): Promise<void> {
  if (path.includes('\u0000')) throw new WatchdeckError('invalid_input', 'A path may not hold a null character.')
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory())
    throw new WatchdeckError('invalid_input', `${JSON.stringify(path)} is a folder.`, { hint: 'Add a file name.' })
  if (there && !overwrite)
    throw new WatchdeckError('conflict', `There is already a file ${JSON.stringify(path)}.`, {
      hint: 'Choose another name or allow it to be replaced.',
      messageKey: 'error.fileExists',
    })
}

async function writeZip(
  partial: string,
  content: IncidentFileContent,
  encryption: ReturnType<typeof newKey> | undefined,
  options: WriteOptions,
): Promise<{ bytes: number; sha256: string; entries: number }> {
  const entries: Manifest['entries'] = []
  const bodies: Array<{ name: string; body: string | Buffer }> = []
  const addJson = async (name: string, value: unknown) => {
    const plain = Buffer.from(JSON.stringify(value))
    const body = encryption ? await collect(pipelineOf(Readable.from([plain]), encryptStream(encryption.key))) : plain
    entries.push({ name, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') })
    bodies.push({ name, body })
  }
  await addJson(INCIDENT_ENTRY, content.saved)
  await addJson(QUERIES_ENTRY, content.queries)
  const counters = new Map<string, number>()
  for (const [index, file] of content.parts.entries()) {
    const key = `data/${file.part.source}/${file.part.table}`
    const number = counters.get(key) ?? 0
    counters.set(key, number + 1)
    const name = `${key}-${number}.parquet`
    const stored = await storedPart(file.path, join(options.scratch, `enc-${index}`), encryption?.key, options.signal)
    entries.push({ name, bytes: stored.bytes, sha256: stored.sha256, part: file.part })
    bodies.push({ name, body: stored.path })
    options.progress((0.6 * (index + 1)) / content.parts.length)
  }
  const manifest: Manifest = {
    format: FILE_FORMAT,
    version: FILE_VERSION,
    createdAt: content.createdAt,
    createdBy: content.createdBy,
    title: encryption ? 'Protected incident' : content.saved.incident.title,
    schema: TELEMETRY_SCHEMA_VERSION,
    entries,
    redaction: [...content.redaction],
    encryption: encryption?.header ?? null,
  }
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  // a part that cannot be read (any more) ends the writing; nobody else listens to the zip itself
  zip.on('error', (error: Error) => output.destroy(error))
  const attributes = { compress: false, mode: 0o100644, mtime: new Date(content.createdAt) }
  zip.addBuffer(Buffer.from(JSON.stringify(manifest, null, 1)), MANIFEST_ENTRY, attributes)
  for (const { name, body } of bodies) {
    if (typeof body === 'string') zip.addFile(body, name, attributes)
    else zip.addBuffer(body, name, attributes)
  }
  zip.end()
  const total = entries.reduce((sum, e) => sum + e.bytes, 0)
  const hash = createHash('sha256')
  let bytes = 0
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      hash.update(chunk)
      bytes += chunk.length
      options.progress(0.6 + 0.4 * Math.min(1, bytes / Math.max(1, total)))
      done(null, chunk)
    },
  })
  await pipeline([output, tap, createWriteStream(partial, { mode: 0o600 })], {
    signal: options.signal,
  })
  return { bytes, sha256: hash.digest('hex'), entries: entries.length + 1 }
}

/** The bytes as they will stand in the zip, hashed; encrypted into `target` when there is a key. */
async function storedPart(
  path: string,
  target: string,
  key: Buffer | undefined,
  signal: AbortSignal,
): Promise<{ path: string; bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, key ? chunk : undefined)
    },
  })
  if (key) await pipeline([createReadStream(path), encryptStream(key), tap, createWriteStream(target)], { signal })
  else await pipeline([createReadStream(path), tap, sink()], { signal })
  return { path: key ? target : path, bytes, sha256: hash.digest('hex') }
}

const sink = () =>
  new Transform({
    transform(_chunk: Buffer, _encoding, done: TransformCallback) {
      done()
    },
  })

function pipelineOf(source: Readable, transform: Transform): Readable {
  source.on('error', (error) => transform.destroy(error))
  return source.pipe(transform)
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function syncFile(path: string): Promise<void> {
  await using file = await openFile(path, 'r+')
  await file.sync()
}

/** A new name lasts through a power cut only when its folder is on disk too; systems without that say so. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await openFile(path, 'r')
  await folder.sync()
}

function diskError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC')
    return new WatchdeckError('unavailable', 'The disk is full; the incident file was not saved.', {
      hint: 'Free some space or save it elsewhere.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new WatchdeckError('permission_denied', `Nothing may be written at ${JSON.stringify(path)}.`, {
      hint: 'Choose another folder.',
      cause: error,
    })
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST')
    return new WatchdeckError('invalid_input', `${JSON.stringify(path)} is no place for a file.`, {
      hint: 'Choose another name.',
      cause: error,
    })
  return error
}

// Archives (zip, tar, tar.gz, tar.zst) to the files inside of them: each is copied out under a number to a folder of our own,
// so that a name can reach no other place. What is larger or more than a sane archive holds is refused by name.

import { type FileHandle, mkdir, open, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as yauzl from 'yauzl'
import { throwIfAborted, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { type Compression, compressionOf, rawChunks, readHead, readMagic } from './bytes.ts'
import type { FoundFile } from './expand.ts'
import { isParquet } from './parquet.ts'
import { isTar, readTar } from './tar.ts'

export interface UnpackLimits {
  readonly members: number
  /** unpacked bytes of one archive */
  readonly bytes: number
  /** unpacked to packed, once more than `ratioFrom` bytes came out */
  readonly ratio: number
  readonly ratioFrom: number
  /** archives inside of archives */
  readonly depth: number
}

const LIMITS: UnpackLimits = { members: 10_000, bytes: 20 * 2 ** 30, ratio: 300, ratioFrom: 256 * 2 ** 20, depth: 2 }
/** For a preview, of larger members only the beginning is taken. */
const PREVIEW_WHOLE = 64 * 2 ** 20
const PREVIEW_HEAD = 512 * 1024
/** Room on the disk that is left alone. */
const SPARE_BYTES = 256 * 2 ** 20

export interface UnpackOptions {
  /** made when first needed; whoever asks removes it */
  readonly folder: string
  readonly signal: AbortSignal
  /** enough for a look */
  readonly isPreview?: boolean | undefined
  readonly limits?: Partial<UnpackLimits> | undefined
}

/** The files with every archive among them replaced by its members, in their order; a bad one stays, with what is wrong. */
export async function unpackArchives(files: readonly FoundFile[], options: UnpackOptions): Promise<FoundFile[]> {
  const out: FoundFile[] = []
  const state = { next: 0 }
  for (const file of files) out.push(...(await unpackOne(file, options, state, 0)))
  return out
}

type ArchiveKind = { readonly kind: 'zip' } | { readonly kind: 'tar'; readonly compression: Compression }

async function archiveKind(file: FoundFile): Promise<ArchiveKind | undefined> {
  const magic = await readMagic(file.disk)
  if (
    magic[0] === 0x50 &&
    magic[1] === 0x4b &&
    ((magic[2] === 3 && magic[3] === 4) || (magic[2] === 5 && magic[3] === 6))
  )
    return isIncidentFile(magic, file.path) ? undefined : { kind: 'zip' }
  const compression = compressionOf(magic)
  if (compression === 'none') return isTar(magic) ? { kind: 'tar', compression } : undefined
  try {
    const head = await readHead(file.disk, compression, 512)
    return isTar(head.bytes) ? { kind: 'tar', compression } : undefined
  } catch (error) {
    // what is wrong with a packed file is said when it is looked at
    if (error instanceof WatchdeckError) return undefined
    throw error
  }
}

/** A zip whose first entry is a manifest, or that says by its name that it is an incident file. */
export function isIncidentFile(magic: Uint8Array, path: string): boolean {
  if (!(magic[0] === 0x50 && magic[1] === 0x4b && magic[2] === 3 && magic[3] === 4)) return false
  return path.endsWith('.watchdeck') || new TextDecoder('latin1').decode(magic).includes('manifest.json')
}

async function unpackOne(
  file: FoundFile,
  options: UnpackOptions,
  state: { next: number },
  depth: number,
): Promise<FoundFile[]> {
  if (file.problem !== undefined) return [file]
  const kind = await archiveKind(file)
  if (kind === undefined) {
    if (file.only !== undefined)
      return [{ ...file, problem: new WatchdeckError('not_found', `There is no file ${file.only[0] ?? file.path}.`) }]
    return [file]
  }
  const limits = { ...LIMITS, ...options.limits }
  try {
    if (depth >= limits.depth)
      throw new WatchdeckError(
        'limit_exceeded',
        `${basename(file.path)}: archives inside of archives inside of archives are not opened.`,
        {
          hint: 'Unpack the outer one first.',
        },
      )
    const work = new Unpacking(file, options, limits, state)
    await (kind.kind === 'zip' ? work.zip() : work.tar(kind.compression))
    const members: FoundFile[] = []
    for (const member of work.members) members.push(...(await unpackOne(member, options, state, depth + 1)))
    const [first, ...rest] = members
    if (first === undefined)
      throw file.only === undefined
        ? new WatchdeckError('corrupt', `${basename(file.path)} holds no files.`, { details: { notes: work.notes } })
        : new WatchdeckError('not_found', `There is no file ${file.only[0] ?? ''}.`)
    return [{ ...first, notes: [...(first.notes ?? []), ...work.notes] }, ...rest]
  } catch (error) {
    if (options.signal.aborted || !(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
    return [{ ...file, problem: error }]
  }
}

class Unpacking {
  readonly members: FoundFile[] = []
  readonly #file: FoundFile
  readonly #options: UnpackOptions
  readonly #limits: UnpackLimits
  readonly #state: { next: number }
  readonly #names = new Set<string>()
  readonly #left = new Map<string, number>()
  #bytes = 0
  #seen = 0
  #room: number | undefined

  constructor(file: FoundFile, options: UnpackOptions, limits: UnpackLimits, state: { next: number }) {
    this.#file = file
    this.#options = options
    this.#limits = limits
    this.#state = state
  }

  get notes(): string[] {
    return [...this.#left].map(([why, count]) => `${why}${count > 1 ? ` (${count} times)` : ''}`)
  }

  async tar(compression: Compression): Promise<void> {
    await readTar(
      rawChunks(this.#file.disk, compression, () => {}),
      async (member) => {
        throwIfAborted(this.#options.signal)
        this.#count()
        if (member.kind === 'other') this.#leaveOut('a link or device in the archive is left out')
        if (member.kind !== 'file') return undefined
        return await this.#sink(member.name, member.size, member.modified)
      },
    )
  }

  async zip(): Promise<void> {
    const zip = await yauzl
      .openPromise(this.#file.disk, { autoClose: false, decodeStrings: false, validateEntrySizes: true })
      .catch((error: unknown) => {
        throw this.#damaged(error)
      })
    try {
      const entries: yauzl.Entry[] = []
      for await (const entry of zip.eachEntry()) {
        this.#count()
        entries.push(entry)
      }
      for (const entry of entries) await this.#zipEntry(zip, entry)
    } catch (error) {
      throw error instanceof WatchdeckError ? error : this.#damaged(error)
    } finally {
      zip.close()
    }
  }

  async #zipEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<void> {
    throwIfAborted(this.#options.signal)
    const raw = entry.fileNameRaw
    // bit 11: the name is UTF-8; of others most are too
    const name = new TextDecoder('utf-8').decode(raw)
    const unixType = (entry.externalFileAttributes >>> 16) & 0o170000
    if (name.endsWith('/') || unixType === 0o040000) return
    if (unixType !== 0 && unixType !== 0o100000) return this.#leaveOut('a link or device in the archive is left out')
    if (entry.isEncrypted()) return this.#leaveOut('an encrypted file in the archive is left out')
    if (!entry.canDecodeFileData())
      return this.#leaveOut('a file packed with a method that is not read is left out of the archive')
    const sink = await this.#sink(name, entry.uncompressedSize, BigInt(entry.getLastModDate().getTime()) * 1_000_000n)
    if (sink === undefined) return
    const stream = await zip.openReadStreamPromise(entry)
    try {
      for await (const chunk of stream) {
        await sink.write(chunk as Uint8Array)
        if (sink.isFull()) break
      }
    } finally {
      stream.destroy()
      await sink.end()
    }
  }

  /** Where the bytes of a member go; undefined when it is not wanted. */
  async #sink(name: string, size: number, modified: bigint) {
    const shown = this.#shownName(name)
    if (shown === undefined) return undefined
    const path = `${this.#file.path}/${shown}`
    if (this.#file.only !== undefined && !this.#file.only.some((p) => p === path || p.startsWith(`${path}/`)))
      return undefined
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    // names stay what they are called; on disk there are numbers
    const disk = join(this.#options.folder, String(this.#state.next++))
    const isCutBySize = this.#options.isPreview === true && size > PREVIEW_WHOLE
    let cutAt = isCutBySize ? PREVIEW_HEAD : Number.POSITIVE_INFINITY
    let written = 0
    let out: FileHandle | undefined = await open(disk, 'wx', 0o600)
    const only = this.#file.only?.filter((p) => p.startsWith(`${path}/`))
    return {
      isFull: () => written >= cutAt,
      write: async (bytes: Uint8Array): Promise<void> => {
        throwIfAborted(this.#options.signal)
        await this.#admit(bytes.length)
        // a table whose directory is at its end is of no use cut
        if (written === 0 && isParquet(bytes)) cutAt = Number.POSITIVE_INFINITY
        if (written >= cutAt || out === undefined) return
        await writeAll(out, bytes)
        written += bytes.length
      },
      end: async (): Promise<void> => {
        await out?.close()
        out = undefined
        this.members.push({
          path,
          disk,
          bytes: cutAt === Number.POSITIVE_INFINITY ? written : size,
          modified: modified > 0n ? modified : this.#file.modified,
          archive: this.#file.archive ?? this.#file.path,
          ...(cutAt < Number.POSITIVE_INFINITY ? { isCut: true } : {}),
          ...(only !== undefined && only.length > 0 ? { only } : {}),
        })
      },
    }
  }

  #count(): void {
    if (++this.#seen > this.#limits.members)
      throw new WatchdeckError(
        'limit_exceeded',
        `${basename(this.#file.path)} holds more than ${this.#limits.members} files.`,
        {
          hint: 'Unpack it yourself and import the folders that you need.',
        },
      )
  }

  async #admit(bytes: number): Promise<void> {
    this.#bytes += bytes
    const name = basename(this.#file.path)
    if (this.#bytes > this.#limits.bytes)
      throw new WatchdeckError(
        'limit_exceeded',
        `${name} unpacks to more than ${Math.round(this.#limits.bytes / 2 ** 30)} GB.`,
        {
          hint: 'It looks like a decompression bomb. Unpack it yourself if you trust it.',
        },
      )
    if (this.#bytes > this.#limits.ratioFrom && this.#bytes > this.#file.bytes * this.#limits.ratio)
      throw new WatchdeckError('limit_exceeded', `${name} unpacks to more than ${this.#limits.ratio} times its size.`, {
        hint: 'It looks like a decompression bomb. Unpack it yourself if you trust it.',
      })
    if (this.#room === undefined) {
      const { bavail, bsize } = await statfs(this.#options.folder)
      this.#room = bavail * bsize - SPARE_BYTES
    }
    if (this.#bytes > this.#room)
      throw new WatchdeckError('unavailable', `There is not enough room on the disk to unpack ${name}.`, {
        hint: 'Make room where the data folder lies, or import the files one by one.',
      })
  }

  #leaveOut(why: string): void {
    this.#left.set(why, (this.#left.get(why) ?? 0) + 1)
  }

  /** A name without anything that leads elsewhere; undefined for what systems add by themselves. */
  #shownName(name: string): string | undefined {
    const parts = name
      .replaceAll('\\', '/')
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .map((part) => part.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd').slice(0, 200))
    if (parts.length === 0 || parts.some((part) => part === '__MACOSX' || part.startsWith('.'))) return undefined
    const plain = parts.slice(-20).join('/')
    let shown = plain
    for (let n = 2; this.#names.has(shown); n++) shown = `${plain} (${n})`
    this.#names.add(shown)
    return shown
  }

  #damaged(error: unknown): WatchdeckError {
    const why = error instanceof Error ? error.message : toErrorShape(error).message
    return new WatchdeckError('corrupt', `The archive cannot be read: ${why.slice(0, 200)}.`, {
      hint: 'Nothing of it was kept. Copy or make it again.',
    })
  }
}

async function writeAll(out: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await out.write(bytes, at)).bytesWritten
}

// tar archives as a stream of members: ustar, GNU long names and base-256 numbers, pax headers. Own because the package
// that does it brings native file system code along; formats after https://www.gnu.org/software/tar/manual (Basic Tar Format).

import { WatchdeckError } from '../../shared/base/errors.ts'

export interface TarMember {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly size: number
  /** epoch nanoseconds */
  readonly modified: bigint
}

const BLOCK = 512
/** a name or a set of pax records */
const MAX_META = 1024 * 1024

/** Whether a block is a tar header: its checksum says so. */
export function isTar(block: Uint8Array): boolean {
  if (block.length < BLOCK || block[0] === 0) return false
  const said = octal(block.subarray(148, 156))
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] as number)
  return said === sum
}

/**
 * Reads an archive once. `take` is asked for each member and answers with where its bytes go, or undefined to pass over it;
 * with 'stop' the rest is not read.
 * @throws WatchdeckError `corrupt` for a damaged or cut archive
 */
export async function readTar(
  chunks: AsyncIterable<Uint8Array>,
  take: (
    member: TarMember,
  ) => Promise<{ write(bytes: Uint8Array): Promise<void>; end(): Promise<void> } | undefined | 'stop'>,
): Promise<void> {
  const input = new Input(chunks)
  let next: { name?: string; size?: number; modified?: bigint } = {}
  for (let blank = 0; blank < 2; ) {
    const block = await input.exactly(BLOCK)
    // archives that end without their two blank blocks are common
    if (block === undefined) return
    if (block.every((byte) => byte === 0)) {
      blank++
      continue
    }
    blank = 0
    if (!isTar(block)) throw damaged('a header of the tar archive is wrong')
    const type = String.fromCharCode(block[156] as number)
    const size = next.size ?? octal(block.subarray(124, 136))
    if (!Number.isSafeInteger(size) || size < 0) throw damaged('a size in the tar archive is wrong')
    if (type === 'L' || type === 'K' || type === 'x' || type === 'g') {
      if (size > MAX_META) throw damaged('a name in the tar archive is longer than 1 MB')
      const meta = await input.exactly(size)
      if (meta === undefined) throw damaged('it ends too early')
      await input.skip(padding(size))
      if (type === 'L') next.name = text(meta)
      else if (type === 'x') next = { ...next, ...paxFields(meta) }
      continue
    }
    const prefix = text(block.subarray(257, 262)) === 'ustar' ? text(block.subarray(345, 500)) : ''
    const short = text(block.subarray(0, 100))
    const name = next.name ?? (prefix === '' ? short : `${prefix}/${short}`)
    const kind =
      type === '0' || type === '\0' || type === '7'
        ? name.endsWith('/')
          ? 'folder'
          : 'file'
        : type === '5'
          ? 'folder'
          : 'other'
    const modified = next.modified ?? BigInt(Math.max(0, octal(block.subarray(136, 148)) || 0)) * 1_000_000_000n
    next = {}
    const into =
      kind === 'file' ? await take({ name, kind, size, modified }) : await take({ name, kind, size: 0, modified })
    if (into === 'stop') return
    // links and folders have no bytes whatever their header says
    const length = type === '1' || type === '2' || type === '5' ? 0 : size
    let left = length
    while (left > 0) {
      const bytes = await input.some(left)
      if (bytes === undefined) throw damaged('it ends too early')
      left -= bytes.length
      await into?.write(bytes)
    }
    await into?.end()
    await input.skip(padding(length))
  }
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK

/** Bytes on demand from chunks of any size. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** At most `limit` bytes; undefined at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    while (this.#held.length === 0) {
      const next = await this.#chunks.next()
      if (next.done) return undefined
      this.#held = next.value
    }
    const out = this.#held.subarray(0, limit)
    this.#held = this.#held.subarray(out.length)
    return out
  }

  /** undefined when nothing is left; cut off in the middle is damage */
  async exactly(length: number): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const bytes = await this.some(length - at)
      if (bytes === undefined) {
        if (at > 0) throw damaged('it ends too early')
        return undefined
      }
      out.set(bytes, at)
      at += bytes.length
    }
    return out
  }

  async skip(length: number): Promise<void> {
    let left = length
    while (left > 0) {
      const bytes = await this.some(left)
      if (bytes === undefined) return
      left -= bytes.length
    }
  }
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/** Octal text, or GNU's base-256 when the first bit is set; NaN for neither. */
function octal(bytes: Uint8Array): number {
  if (((bytes[0] as number) & 0x80) !== 0) {
    let value = (bytes[0] as number) & 0x7f
    for (let i = 1; i < bytes.length; i++) value = value * 256 + (bytes[i] as number)
    return value
  }
  const digits = new TextDecoder('latin1').decode(bytes).replace(/\0.*$/s, '').trim()
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

/** "27 path=a/b.log\n" records. */
function paxFields(bytes: Uint8Array): { name?: string; size?: number; modified?: bigint } {
  const out: { name?: string; size?: number; modified?: bigint } = {}
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const length = space < 0 ? Number.NaN : Number(text(bytes.subarray(at, space)))
    if (!Number.isInteger(length) || length <= space - at || at + length > bytes.length)
      throw damaged('an extended header of the tar archive is wrong')
    const record = new TextDecoder().decode(bytes.subarray(space + 1, at + length - 1))
    const equals = record.indexOf('=')
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)]
    if (key === 'path') out.name = value
    else if (key === 'size' && /^\d+$/.test(value)) out.size = Number(value)
    else if (key === 'mtime') {
      const m = /^(\d{1,12})(?:\.(\d{1,9}))?/.exec(value)
      if (m) out.modified = BigInt(m[1] as string) * 1_000_000_000n + BigInt((m[2] ?? '').padEnd(9, '0'))
    }
    at += length
  }
  return out
}

function damaged(what: string): WatchdeckError {
  return new WatchdeckError('corrupt', `The archive cannot be read: ${what}.`, {
    hint: 'Nothing of it was kept. Copy or make it again.',
  })
}

// A list of OTLP attributes in protobuf straight to the JSON of the store's dictionary, byte by byte. Lists that hold only
// what most do (texts, whole numbers, booleans, plain doubles) are written here; any other is left to the reader that knows
// every case, and both agree on what is written here (span-columns.test.ts).

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const MAX_KEYS = 20_000

interface Key {
  readonly bytes: Uint8Array
  /** `"key":`; undefined where plain objects would order or lose it */
  readonly json: Uint8Array | undefined
  /** the list that had it last */
  list: number
}

/** Where a fast path ends: nothing is wrong, it is only not for here. */
const LEAVE = Symbol('leave')

export class AttributeJson {
  /** what was written: `out[0..length)` */
  out = Buffer.allocUnsafeSlow(4096)
  length = 0
  /** keys by their bytes as Latin-1 */
  #keys = new Map<string, Key>()
  /** the key that stood at this place of a list last: mostly it stands there again */
  readonly #places: Key[] = []
  #list = 0

  /** @param froms where each KeyValue begins, @param tos where it ends; false: not for here */
  write(b: Buffer, froms: readonly number[], tos: readonly number[], count: number): boolean {
    try {
      this.#write(b, froms, tos, count)
      return true
    } catch (error) {
      if (error !== LEAVE) throw error
      return false
    }
  }

  #write(b: Buffer, froms: readonly number[], tos: readonly number[], count: number): void {
    this.length = 0
    this.#list++
    this.#room(count * 2 + 2)
    this.out[this.length++] = 0x7b
    for (let i = 0; i < count; i++) {
      if (i > 0) this.out[this.length++] = COMMA
      this.#pair(b, froms[i] as number, tos[i] as number, i)
      this.#room(2)
    }
    this.out[this.length++] = 0x7d
  }

  #pair(b: Buffer, from: number, to: number, place: number): void {
    // key and value, each once, in this order, each shorter than 128 bytes or with a length of two
    if (b[from] !== 0x0a) throw LEAVE
    let at = from + 1
    let size = b[at++] as number
    if (size > 127) throw LEAVE
    const keyEnd = at + size
    if (keyEnd + 2 > to) throw LEAVE
    const key = this.#key(b, at, keyEnd, place)
    if (key.json === undefined || key.list === this.#list) throw LEAVE
    key.list = this.#list
    at = keyEnd
    if (b[at++] !== 0x12) throw LEAVE
    size = b[at++] as number
    if (size > 127) {
      const more = b[at++] as number
      if (more > 127) {
        const most = b[at++] as number
        if (most > 127) throw LEAVE
        size = (size & 127) | ((more & 127) << 7) | (most << 14)
      } else size = (size & 127) | (more << 7)
    }
    if (at + size !== to || size < 2) throw LEAVE
    this.#room(key.json.length + size * 6 + 32)
    this.out.set(key.json, this.length)
    this.length += key.json.length
    this.#value(b, at, to)
  }

  #key(b: Buffer, from: number, to: number, place: number): Key {
    const last = this.#places[place]
    if (last !== undefined && sameBytes(last.bytes, b, from, to)) return last
    const name = b.toString('latin1', from, to)
    let key = this.#keys.get(name)
    if (key === undefined) {
      const text = b.toString('utf8', from, to)
      // whole numbers come first in a plain object whatever their place; this one sets a prototype
      const isPlain = !/^(\d.*|__proto__)$/s.test(text) && !text.includes('\ufffd')
      const json = isPlain ? new Uint8Array(Buffer.from(`${JSON.stringify(text)}:`)) : undefined
      key = { bytes: new Uint8Array(b.subarray(from, to)), json, list: 0 }
      if (this.#keys.size >= MAX_KEYS) this.#keys = new Map()
      this.#keys.set(name, key)
    }
    if (place < 128) this.#places[place] = key
    return key
  }

  #value(b: Buffer, from: number, to: number): void {
    const tag = b[from] as number
    let at = from + 1
    if (tag === 0x0a) {
      let size = b[at++] as number
      if (size > 127) {
        const more = b[at++] as number
        if (more > 127) {
          const most = b[at++] as number
          if (most > 127) throw LEAVE
          size = (size & 127) | ((more & 127) << 7) | (most << 14)
        } else size = (size & 127) | (more << 7)
      }
      if (at + size !== to) throw LEAVE
      this.#text(b, at, to)
    } else if (tag === 0x18) {
      // seven bytes are 49 bits: exact as a number, and not negative
      let value = 0
      let scale = 1
      let byte = 0x80
      while (byte > 127 && at < to) {
        byte = b[at++] as number
        value += (byte & 127) * scale
        scale *= 128
      }
      if (byte > 127 || at !== to || to - from > 8) throw LEAVE
      this.#ascii(String(value))
    } else if (tag === 0x10) {
      if (to - at !== 1 || (b[at] as number) > 1) throw LEAVE
      this.#ascii(b[at] === 1 ? 'true' : 'false')
    } else if (tag === 0x21 && to - at === 8) {
      const value = b.readDoubleLE(at)
      if (!Number.isFinite(value) || Number.isInteger(value)) throw LEAVE
      this.#ascii(String(value))
    } else throw LEAVE
  }

  #text(b: Buffer, from: number, to: number): void {
    const start = this.length
    const { out } = this
    out[this.length++] = QUOTE
    for (let i = from; i < to; i++) {
      const byte = b[i] as number
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH || byte > 0x7f) {
        this.length = start
        this.length += out.write(JSON.stringify(b.toString('utf8', from, to)), start)
        return
      }
      out[this.length++] = byte
    }
    out[this.length++] = QUOTE
  }

  #ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.out[this.length++] = text.charCodeAt(i)
  }

  #room(size: number): void {
    if (this.length + size <= this.out.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.out.length * 2, this.length + size))
    grown.set(this.out.subarray(0, this.length))
    this.out = grown
  }
}

function sameBytes(known: Uint8Array, b: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== b[from + i]) return false
  return true
}

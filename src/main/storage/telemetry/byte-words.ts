// Small codes for texts that repeat, found by their UTF-8 bytes alone: no string is made for a row.

export class ByteWords {
  #size = 0
  /** code -> where its bytes begin, and after the last word where they end */
  #offsets = new Uint32Array(513)
  #bytes = new Uint8Array(1 << 13)
  #hashes = new Uint32Array(512)
  /** open addressing, twice as many slots as words have room; -1 = free */
  #slots = new Int32Array(1024).fill(-1)

  get size(): number {
    return this.#size
  }

  /** The code of the text `bytes[start..end)`: words are numbered in order of first sight. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    const h = hashOf(bytes, start, end)
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = h & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot] as number
      if (code < 0) return this.#add(h, bytes, start, end)
      if (this.#hashes[code] === h && this.#is(code, bytes, start, end)) return code
    }
  }

  /** Bytes of all words one after the other, and where each begins and ends: what a dictionary column holds. */
  packed(): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
    return {
      offsets: this.#offsets.slice(0, this.#size + 1),
      bytes: this.#bytes.slice(0, this.#offsets[this.#size]),
    }
  }

  #is(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes
    let at = this.#offsets[code] as number
    if ((this.#offsets[code + 1] as number) - at !== end - start) return false
    for (let i = start; i < end; i++) if (own[at++] !== bytes[i]) return false
    return true
  }

  #add(h: number, bytes: Uint8Array, start: number, end: number): number {
    const code = this.#size
    if (code === this.#hashes.length) this.#grow()
    const at = this.#offsets[code] as number
    const to = at + end - start
    if (to > this.#bytes.length) this.#bytes = copied(this.#bytes, new Uint8Array(Math.max(to, this.#bytes.length * 2)))
    this.#bytes.set(bytes.subarray(start, end), at)
    this.#offsets[code + 1] = to
    this.#hashes[code] = h
    place(this.#slots, h, code)
    this.#size++
    return code
  }

  #grow(): void {
    const room = this.#hashes.length * 2
    this.#hashes = copied(this.#hashes, new Uint32Array(room))
    this.#offsets = copied(this.#offsets, new Uint32Array(room + 1))
    this.#slots = new Int32Array(room * 2).fill(-1)
    for (let code = 0; code < this.#size; code++) place(this.#slots, this.#hashes[code] as number, code)
  }
}

function copied<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function place(slots: Int32Array, h: number, code: number): void {
  const mask = slots.length - 1
  let slot = h & mask
  while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask
  slots[slot] = code
}

/** Four bytes a step: multiplying is what a hash of short texts waits for. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5 ^ (end - start)
  let i = start
  for (const whole = end - 3; i < whole; i += 4) {
    const four =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    h = Math.imul(h ^ four, 0x01000193)
    h ^= h >>> 15
  }
  for (; i < end; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193)
  return (h ^ (h >>> 15)) >>> 0
}

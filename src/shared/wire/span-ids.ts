// Which spans of a file were seen already, in flat memory: an open-addressing table of 64-bit fingerprints of
// (trace, span, kind). At ten million spans the chance that a good span is taken for a duplicate is 3 in a million.

const START_SLOTS = 1 << 16
/** 128 MB of table; past 60 % of it nothing more is remembered and `full` says so. */
const MAX_SLOTS = 1 << 24

export class SpanIds {
  #table = new Uint32Array(START_SLOTS * 2)
  #slots = START_SLOTS
  #size = 0
  full = false

  /** False when this span was there already. `traceId` 32 and `spanId` 16 hex digits. */
  add(traceId: string, spanId: string, kind: number): boolean {
    if (this.full) return true
    // Two hashes over all words: ids that count up differ in few bits, and none of them may cancel out.
    let hi = 0x2545f491
    let lo = 0x41c6ce57 + kind
    for (let at = 0; at < 32; at += 8) {
      const word = hexWord(traceId, at)
      hi = mix(hi, word, 0xcc9e2d51)
      lo = mix(lo, word, 0x85ebca6b)
    }
    for (let at = 0; at < 16; at += 8) {
      const word = hexWord(spanId, at)
      hi = mix(hi, word, 0xcc9e2d51)
      lo = mix(lo, word, 0x85ebca6b)
    }
    if (hi === 0 && lo === 0) lo = 1
    return this.#insert(hi >>> 0, lo >>> 0)
  }

  /** The same for ids as words: four of the trace, two of the span. Not to be mixed with ids as text. */
  addWords(trace: Uint32Array, traceAt: number, span: Uint32Array, spanAt: number, kind: number): boolean {
    if (this.full) return true
    let hi = 0x2545f491
    let lo = 0x41c6ce57 + kind
    for (let i = 0; i < 4; i++) {
      const word = trace[traceAt + i] as number
      hi = mix(hi, word, 0xcc9e2d51)
      lo = mix(lo, word, 0x85ebca6b)
    }
    for (let i = 0; i < 2; i++) {
      const word = span[spanAt + i] as number
      hi = mix(hi, word, 0xcc9e2d51)
      lo = mix(lo, word, 0x85ebca6b)
    }
    if (hi === 0 && lo === 0) lo = 1
    return this.#insert(hi >>> 0, lo >>> 0)
  }

  #insert(hi: number, lo: number): boolean {
    const mask = this.#slots - 1
    let at = lo & mask
    for (;;) {
      const a = this.#table[at * 2] as number
      const b = this.#table[at * 2 + 1] as number
      if (a === 0 && b === 0) break
      if (a === hi && b === lo) return false
      at = (at + 1) & mask
    }
    this.#table[at * 2] = hi
    this.#table[at * 2 + 1] = lo
    if (++this.#size > this.#slots * 0.6) this.#grow()
    return true
  }

  #grow(): void {
    if (this.#slots >= MAX_SLOTS) {
      this.full = true
      return
    }
    const old = this.#table
    this.#slots *= 2
    this.#size = 0
    this.#table = new Uint32Array(this.#slots * 2)
    for (let i = 0; i < old.length; i += 2)
      if (old[i] !== 0 || old[i + 1] !== 0) this.#insert(old[i] as number, old[i + 1] as number)
  }
}

function hexWord(text: string, from: number): number {
  let word = 0
  for (let i = from; i < from + 8; i++) {
    const code = text.charCodeAt(i)
    word = (word << 4) | (code <= 57 ? code - 48 : code - 87)
  }
  return word
}

function mix(hash: number, word: number, by: number): number {
  let h = Math.imul(hash ^ word, by)
  h ^= h >>> 15
  h = Math.imul(h, 0x1b873593)
  return (h ^ (h >>> 13)) + 0x9e3779b1
}

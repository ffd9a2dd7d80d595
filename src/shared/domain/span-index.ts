// Numbers of 64 bits (span ids, content hashes) as keys of typed arrays: open addressing over two 32-bit lanes, because
// a Map of bigints costs a second and 100 MB at a million entries.

export class U64Index {
  /** position in `ids` held by each slot; -1 = free */
  readonly slots: Int32Array
  readonly #lanes: Uint32Array
  readonly #mask: number

  constructor(ids: BigUint64Array) {
    let capacity = 16
    while (capacity < ids.length * 2) capacity *= 2
    this.#mask = capacity - 1
    this.#lanes = lanesOf(ids)
    this.slots = new Int32Array(capacity).fill(-1)
  }

  /** The slot that holds an id, or the free one where it belongs. */
  slotOf(low: number, high: number): number {
    let slot = mix(low, high) & this.#mask
    for (;;) {
      const held = this.slots[slot] as number
      if (held < 0 || (this.#lanes[held * 2] === low && this.#lanes[held * 2 + 1] === high)) return slot
      slot = (slot + 1) & this.#mask
    }
  }

  /** Puts position `at` in unless its id is there; answers with the position that holds the id. */
  add(at: number): number {
    const slot = this.slotOf(this.#lanes[at * 2] as number, this.#lanes[at * 2 + 1] as number)
    const held = this.slots[slot] as number
    if (held >= 0) return held
    this.slots[slot] = at
    return at
  }

  /** The position that holds an id; -1 when none does. */
  find(id: bigint): number {
    return this.slots[this.slotOf(Number(id & 0xffffffffn), Number(id >> 32n))] as number
  }
}

/** Low and high half of each number (every platform that Node and Electron run on is little-endian). */
export const lanesOf = (ids: BigUint64Array): Uint32Array => new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)

/** Small codes for numbers that repeat, in order of first sight. */
export function codesOf(values: BigUint64Array): { codes: Int32Array; distinct: BigUint64Array } {
  const index = new U64Index(values)
  const codes = new Int32Array(values.length)
  const first: number[] = []
  for (let i = 0; i < values.length; i++) {
    const held = index.add(i)
    if (held === i) {
      codes[i] = first.length
      first.push(i)
    } else codes[i] = codes[held] as number
  }
  return { codes, distinct: BigUint64Array.from(first, (i) => values[i] as bigint) }
}

function mix(low: number, high: number): number {
  let h = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) ^ Math.imul(high, 0x297a2d39)
  h ^= h >>> 12
  h = Math.imul(h, 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}

// Numbers of 64 bits (span ids, content hashes) as keys of typed arrays: open addressing over two 32-bit lanes, because
// a Map of bigints costs a second and 100 MB at a million entries.

export class U64Index {
  /** position in `ids` held by each slot; -1 = free */
  #slots: Int32Array
  readonly #lanes: Uint32Array
  #mask: number
  #held = 0

  /** @param expected how many different ids there will be; it grows beyond that */
  constructor(ids: BigUint64Array, expected: number = ids.length) {
    let capacity = 16
    while (capacity < expected * 2) capacity *= 2
    this.#mask = capacity - 1
    this.#lanes = lanesOf(ids)
    this.#slots = new Int32Array(capacity).fill(-1)
  }

  /** Puts position `at` in unless its id is there; answers with the position that holds the id. */
  add(at: number): number {
    const slot = this.#slotOf(this.#lanes[at * 2] as number, this.#lanes[at * 2 + 1] as number)
    const held = this.#slots[slot] as number
    if (held >= 0) return held
    this.#slots[slot] = at
    if (++this.#held * 2 > this.#mask + 1) this.#grow()
    return at
  }

  /** The position that holds an id; -1 when none does. */
  find(id: bigint): number {
    return this.findLanes(Number(id & 0xffffffffn), Number(id >> 32n))
  }

  /** The same by the halves of the id. */
  findLanes(low: number, high: number): number {
    return this.#slots[this.#slotOf(low, high)] as number
  }

  /** The slot that holds an id, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    let slot = mix(low, high) & this.#mask
    for (;;) {
      const held = this.#slots[slot] as number
      if (held < 0 || (this.#lanes[held * 2] === low && this.#lanes[held * 2 + 1] === high)) return slot
      slot = (slot + 1) & this.#mask
    }
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Int32Array(before.length * 2).fill(-1)
    this.#mask = this.#slots.length - 1
    for (const at of before)
      if (at >= 0) this.#slots[this.#slotOf(this.#lanes[at * 2] as number, this.#lanes[at * 2 + 1] as number)] = at
  }
}

/** Low and high half of each number (every platform that Node and Electron run on is little-endian). */
export const lanesOf = (ids: BigUint64Array): Uint32Array => new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)

/** Small codes for numbers that repeat, in order of first sight. */
export function codesOf(values: BigUint64Array): { codes: Int32Array; distinct: BigUint64Array } {
  const index = new U64Index(values, 0)
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

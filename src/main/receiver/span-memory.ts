// Which spans were received lately, in flat memory, so that a span that comes again is kept once. A span is known by its
// trace, id and kind; it comes again when its start and end are the same too, for a retry is the same span to the last bit.

const MAX_SLOTS = 1 << 20
const START_SLOTS = 1 << 14
/** A full table is kept beside the next one: at least this share of MAX_SLOTS is remembered. */
const FULL = 0.6
const WORDS = 4

/** `again`: as in an earlier request; `twice`: its id was in this request already. */
export type Seen = 'new' | 'again' | 'twice'

export class SpanMemory {
  /** of each slot: 64 bits of the id, 32 of the times, the request that brought it last */
  #table = new Uint32Array(START_SLOTS * WORDS)
  #before: Uint32Array | undefined
  #size = 0
  #request = 1

  /** What comes from here on is another request. */
  begin(): void {
    this.#request = this.#request === 0xffff_ffff ? 1 : this.#request + 1
  }

  /** Words are the big-endian words of the ids; times the nanoseconds of start and end, low word first. */
  add(
    trace0: number,
    trace1: number,
    trace2: number,
    trace3: number,
    span0: number,
    span1: number,
    kind: number,
    start0: number,
    start1: number,
    end0: number,
    end1: number,
  ): Seen {
    let hi = mix(0x2545f491, trace0, 0xcc9e2d51)
    let lo = mix(0x41c6ce57 + kind, trace0, 0x85ebca6b)
    hi = mix(hi, trace1, 0xcc9e2d51)
    lo = mix(lo, trace1, 0x85ebca6b)
    hi = mix(hi, trace2, 0xcc9e2d51)
    lo = mix(lo, trace2, 0x85ebca6b)
    hi = mix(hi, trace3, 0xcc9e2d51)
    lo = mix(lo, trace3, 0x85ebca6b)
    hi = mix(hi, span0, 0xcc9e2d51)
    lo = mix(lo, span0, 0x85ebca6b)
    hi = mix(hi, span1, 0xcc9e2d51) >>> 0
    lo = mix(lo, span1, 0x85ebca6b) >>> 0
    if (hi === 0 && lo === 0) lo = 1
    const times =
      mix(mix(mix(mix(0x9747b28c, start0, 0xcc9e2d51), start1, 0x85ebca6b), end0, 0xcc9e2d51), end1, 0x85ebca6b) >>> 0
    const slot = place(this.#table, hi, lo)
    if (this.#table[slot] !== 0 || this.#table[slot + 1] !== 0) return this.#known(this.#table, slot, times)
    const old = this.#before
    if (old !== undefined) {
      const there = place(old, hi, lo)
      if (old[there] !== 0 || old[there + 1] !== 0) return this.#known(old, there, times)
    }
    this.#table[slot] = hi
    this.#table[slot + 1] = lo
    this.#table[slot + 2] = times
    this.#table[slot + 3] = this.#request
    if (++this.#size > (this.#table.length / WORDS) * FULL) this.#grow()
    return 'new'
  }

  /** A span as rows have it. */
  addRow(row: { traceId: string; spanId: string; kind: number; start: bigint; durationNs: bigint }): Seen {
    const { traceId: t, spanId: s, kind, start } = row
    const end = start + row.durationNs
    return this.add(
      word(t, 0),
      word(t, 8),
      word(t, 16),
      word(t, 24),
      word(s, 0),
      word(s, 8),
      kind,
      low(start),
      low(start >> 32n),
      low(end),
      low(end >> 32n),
    )
  }

  #known(table: Uint32Array, slot: number, times: number): Seen {
    if (table[slot + 3] === this.#request) return 'twice'
    const isSame = table[slot + 2] === times
    table[slot + 2] = times
    table[slot + 3] = this.#request
    return isSame ? 'again' : 'new'
  }

  #grow(): void {
    const full = this.#table
    const slots = full.length / WORDS
    this.#size = 0
    if (slots >= MAX_SLOTS) {
      this.#before = full
      this.#table = new Uint32Array(MAX_SLOTS * WORDS)
      return
    }
    this.#table = new Uint32Array(slots * 2 * WORDS)
    for (let i = 0; i < full.length; i += WORDS) {
      const [hi, lo] = [full[i] as number, full[i + 1] as number]
      if (hi === 0 && lo === 0) continue
      this.#table.set(full.subarray(i, i + WORDS), place(this.#table, hi, lo))
      this.#size++
    }
  }
}

/** Where in the table an id is, or would be. */
function place(table: Uint32Array, hi: number, lo: number): number {
  const mask = table.length / WORDS - 1
  let at = lo & mask
  for (;;) {
    const a = table[at * WORDS] as number
    const b = table[at * WORDS + 1] as number
    if ((a === 0 && b === 0) || (a === hi && b === lo)) return at * WORDS
    at = (at + 1) & mask
  }
}

const word = (text: string, from: number): number => Number.parseInt(text.slice(from, from + 8), 16)
const low = (value: bigint): number => Number(BigInt.asUintN(32, value))

function mix(hash: number, value: number, by: number): number {
  let h = Math.imul(hash ^ value, by)
  h ^= h >>> 15
  h = Math.imul(h, 0x1b873593)
  return (h ^ (h >>> 13)) + 0x9e3779b1
}

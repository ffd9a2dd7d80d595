// What the lines of a stretch hold, so that a search reads only stretches that may match. Chunks of up to 2,048 lines are
// blocks, 64 blocks a lot; a lot keeps for each group of three bytes (by its hash) in which of its blocks it occurs, as one
// mask. A block without one of a word's groups does not hold the word. Lines that no lot covers (small writes, opened files,
// stores from before) are simply read. Nothing here needs DuckDB: blocks are taken where rows are encoded.

import { ChunkBuilder } from './chunk-builder.ts'
import { bigColumn, intColumn, NameColumn } from './columns.ts'
import type { PackedColumn } from './packed.ts'

const SLOTS = 1 << 15
const LOT_BLOCKS = 64
/** A lot with fewer lines is not worth its rows: they are read faster than looked up. */
const LEAST_LOT_ROWS = 16_384

/** Beside the tables of schema.ts; not part of an incident file. */
export const LOG_WORD_TABLES = {
  // times as stored, both ends inclusive; `block` counts from 0 within its lot
  log_blocks: `source INTEGER NOT NULL, lot BIGINT NOT NULL, block INTEGER NOT NULL, first_id BIGINT NOT NULL, last_id BIGINT NOT NULL,
    from_ns BIGINT NOT NULL, to_ns BIGINT NOT NULL`,
  // bit b of `blocks`: block b of the lot has it
  log_words: `source INTEGER NOT NULL, lot BIGINT NOT NULL, slot INTEGER NOT NULL, blocks UBIGINT NOT NULL`,
} as const

export const LOG_WORD_COLUMNS = {
  log_blocks: () => ({
    source: intColumn(),
    lot: bigColumn(),
    block: intColumn(),
    first: bigColumn(),
    last: bigColumn(),
    from: bigColumn(),
    to: bigColumn(),
  }),
  log_words: () => ({ source: intColumn(), lot: bigColumn(), slot: intColumn(), blocks: new NameColumn() }),
} as const

/** A to Z as a to z, all else as it is. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

const slotOf = (three: number): number => Math.imul(three, 0x9e3779b1) >>> 17

/**
 * Characters that a search without case takes for ASCII letters: the Kelvin sign, the dotted capital I, the long s.
 */
const LIKE_ASCII = [
  { bytes: Buffer.from('\u212A'), text: '\u212A', letter: 'k' },
  { bytes: Buffer.from('\u0130'), text: '\u0130', letter: 'i' },
  { bytes: Buffer.from('\u017F'), text: '\u017F', letter: 's' },
]

interface Block {
  readonly rows: number
  readonly first: bigint
  last: bigint
  readonly from: bigint
  readonly to: bigint
}

export class LogWords {
  readonly #source: number
  readonly #blocksOut: ChunkBuilder<ReturnType<(typeof LOG_WORD_COLUMNS)['log_blocks']>>
  readonly #wordsOut: ChunkBuilder<ReturnType<(typeof LOG_WORD_COLUMNS)['log_words']>>
  /** of the block at hand: small enough to stay in the processor's nearest cache */
  readonly #seen = new Uint8Array(SLOTS)
  readonly #low = new Uint32Array(SLOTS)
  readonly #high = new Uint32Array(SLOTS)
  #blocks: Block[] = []

  /** @param source key of the source; @param sink takes rows of the two tables */
  constructor(
    source: number,
    sink: (table: keyof typeof LOG_WORD_TABLES, rows: number, columns: readonly PackedColumn[]) => void,
  ) {
    this.#source = source
    this.#blocksOut = new ChunkBuilder(LOG_WORD_COLUMNS.log_blocks(), (rows, c) => sink('log_blocks', rows, c))
    this.#wordsOut = new ChunkBuilder(LOG_WORD_COLUMNS.log_words(), (rows, c) => sink('log_words', rows, c))
  }

  /** The next chunk of lines as it is packed: ids ascending, times in any order, bodies with a text for every row. */
  take(rows: number, ids: PackedColumn, times: PackedColumn, bodies: PackedColumn): void {
    if (ids.kind !== 'fixed' || times.kind !== 'fixed' || bodies.kind !== 'text' || bodies.slots !== undefined)
      throw new Error('assertion failed: ids and times are numbers, bodies are texts of their own')
    const id = new BigInt64Array(ids.bytes.buffer, ids.bytes.byteOffset, rows)
    const time = new BigInt64Array(times.bytes.buffer, times.bytes.byteOffset, rows)
    let [from, to] = [time[0] as bigint, time[0] as bigint]
    for (const t of time) {
      if (t < from) from = t
      else if (t > to) to = t
    }
    this.#read(bodies.bytes, bodies.offsets)
    this.#mark(this.#blocks.length)
    this.#blocks.push({ rows, first: id[0] as bigint, last: id[rows - 1] as bigint, from, to })
    if (this.#blocks.length === LOT_BLOCKS) this.#finishLot()
  }

  /** There are no lines between the last one taken and this id: a search that leaves out its block leaves out these too. */
  coverTo(id: bigint): void {
    const last = this.#blocks.at(-1)
    if (last) last.last = id
  }

  #read(bytes: Uint8Array, offsets: Uint32Array): void {
    const seen = this.#seen
    let beyondAscii = 0
    for (let row = 0; row + 1 < offsets.length; row++) {
      const end = offsets[row + 1] as number
      let at = offsets[row] as number
      if (end - at < 3) continue
      let three = ((FOLDED[bytes[at] as number] as number) << 8) | (FOLDED[bytes[at + 1] as number] as number)
      for (at += 2; at < end; at++) {
        const byte = bytes[at] as number
        beyondAscii |= byte
        three = ((three << 8) | (FOLDED[byte] as number)) & 0xffffff
        seen[slotOf(three)] = 1
      }
    }
    // rows run into each other here, which only adds groups
    if (beyondAscii & 0x80) this.#readLikeAscii(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  #readLikeAscii(bytes: Buffer): void {
    const there = LIKE_ASCII.filter((c) => bytes.indexOf(c.bytes) >= 0)
    if (there.length === 0) return
    let text = bytes.toString('utf8')
    for (const c of there) text = text.replaceAll(c.text, c.letter)
    for (const slot of groupsOf(Buffer.from(text))) this.#seen[slot] = 1
  }

  #mark(block: number): void {
    const seen = this.#seen
    const masks = block < 32 ? this.#low : this.#high
    const bit = 1 << (block & 31)
    for (let slot = 0; slot < SLOTS; slot++) if (seen[slot] === 1) masks[slot] = (masks[slot] as number) | bit
    seen.fill(0)
  }

  #finishLot(): void {
    const blocks = this.#blocks
    const [first] = blocks
    this.#blocks = []
    if (first && blocks.reduce((total, { rows }) => total + rows, 0) >= LEAST_LOT_ROWS) {
      blocks.forEach((block, i) => this.#writeBlock(first.first, i, block))
      const out = this.#wordsOut
      for (let slot = 0; slot < SLOTS; slot++) {
        const [low, high] = [this.#low[slot] as number, this.#high[slot] as number]
        if ((low | high) === 0) continue
        const { columns, row } = out
        columns.source.values[row] = this.#source
        columns.lot.values[row] = first.first
        columns.slot.values[row] = slot
        columns.blocks.setWords(row, low, high)
        out.next()
      }
    }
    this.#low.fill(0)
    this.#high.fill(0)
  }

  #writeBlock(lot: bigint, place: number, block: Block): void {
    const { columns, row } = this.#blocksOut
    columns.source.values[row] = this.#source
    columns.lot.values[row] = lot
    columns.block.values[row] = place
    columns.first.values[row] = block.first
    columns.last.values[row] = block.last
    columns.from.values[row] = block.from
    columns.to.values[row] = block.to
    this.#blocksOut.next()
  }

  finish(): void {
    if (this.#blocks.length > 0) this.#finishLot()
    this.#blocksOut.finish()
    this.#wordsOut.finish()
  }
}

function* groupsOf(bytes: Uint8Array): Generator<number> {
  for (let at = 0; at + 2 < bytes.length; at++) {
    const [a, b, c] = [bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number]
    yield slotOf(((FOLDED[a] as number) << 16) | ((FOLDED[b] as number) << 8) | (FOLDED[c] as number))
  }
}

/** More groups of one text add little: each is a lookup. */
const MAX_GROUPS = 24

/**
 * Slots that a block must have to hold `text` in any case. Only characters that mean the same bytes in every case count:
 * ASCII (folded on both sides) and the letters of Chinese, Japanese and Korean. Empty where nothing can be said.
 */
export function slotsOfText(text: string): readonly number[] {
  const slots = new Set<number>()
  for (const run of text.match(/[\p{ASCII}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]+/gu) ?? [])
    for (const slot of groupsOf(Buffer.from(run))) slots.add(slot)
  const all = [...slots]
  if (all.length <= MAX_GROUPS) return all
  // spread over the whole text: its end may be what is rare
  return Array.from({ length: MAX_GROUPS }, (_, i) => all[Math.floor((i * all.length) / MAX_GROUPS)] as number)
}

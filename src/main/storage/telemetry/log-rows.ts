// Which lines a search has to read: lots and blocks of log-words.ts against the texts that every match must hold.

import type { LineStretch, LogNeed, LogRows, ReadOptions, Scope, TelemetryStore } from './api.ts'
import { slotsOfText } from './log-words.ts'

interface Block {
  readonly first: bigint
  readonly last: bigint
  readonly from: bigint
  readonly to: bigint
  readonly may: boolean
}

/** Each stretch is a scan of its own in the query (1 to 2 ms): the nearest ones are joined until there are so many. */
const MAX_STRETCHES = 48
/** Where more of the lines than this are left, the lookup saves nothing. */
const MAX_SHARE = 0.7
const ALL_BLOCKS = (1n << 64n) - 1n

/** slots that are all needed, or a combination */
type Need = readonly number[] | { readonly kind: 'all' | 'some'; readonly of: readonly Need[] }

export async function narrowLogs(
  store: Pick<TelemetryStore, 'rows'>,
  scope: Scope,
  need: LogNeed,
  options: ReadOptions,
): Promise<LogRows | undefined> {
  const simple = simplified(need)
  if (simple === undefined || scope.sources.length === 0) return undefined
  const sources = `source IN (${scope.sources.map((id) => scope.sourceKey(id)).join(', ')})`
  const slots = [...new Set(flat(simple))]
  const blocks = await store.rows<{ source: number; lot: bigint; block: number } & Omit<Block, 'may'>>(
    `SELECT source, lot, block, first_id AS first, last_id AS last, from_ns AS "from", to_ns AS "to"
     FROM telemetry.main.log_blocks WHERE ${sources} ORDER BY source, first_id`,
    [],
    options,
  )
  if (blocks.length === 0) return undefined
  const words = await store.rows<{ source: number; lot: bigint; slot: number; blocks: bigint }>(
    `SELECT source, lot, slot, blocks FROM telemetry.main.log_words WHERE ${sources} AND slot IN (${slots.join(', ')})`,
    [],
    options,
  )
  const masks = new Map(words.map((w) => [`${w.source}/${w.lot}/${w.slot}`, w.blocks]))
  const bySource = new Map<number, Block[]>()
  let [read, total] = [0n, 0n]
  let lot = { of: '', mask: 0n }
  for (const block of blocks) {
    const of = `${block.source}/${block.lot}`
    if (of !== lot.of) lot = { of, mask: evaluate(simple, (slot) => masks.get(`${of}/${slot}`) ?? 0n) }
    const may = ((lot.mask >> BigInt(block.block)) & 1n) === 1n
    const lines = block.last - block.first + 1n
    total += lines
    if (may) read += lines
    const list = bySource.get(block.source)
    if (list) list.push({ ...block, may })
    else bySource.set(block.source, [{ ...block, may }])
  }
  const share = Number(read) / Number(total)
  if (share > MAX_SHARE) return undefined
  const most = Math.max(4, Math.floor(MAX_STRETCHES / bySource.size))
  return {
    share,
    stretches(key, stored) {
      const list = bySource.get(key)
      return list && stretchesOf(list, stored, most)
    },
  }
}

/** Everything but the blocks that cannot match; `blocks` in the order of their ids. */
function stretchesOf(
  blocks: readonly Block[],
  stored: { readonly from: bigint; readonly to: bigint } | undefined,
  most: number,
): readonly LineStretch[] {
  /** runs of lines that need not be read */
  const left: Array<{ first: bigint; last: bigint }> = []
  for (const block of blocks) {
    const inRange = !stored || (block.from < stored.to && block.to >= stored.from)
    if (block.may && inRange) continue
    const before = left.at(-1)
    if (before && before.last + 1n === block.first) before.last = block.last
    else left.push({ first: block.first, last: block.last })
  }
  if (left.length >= most) {
    const sizes = left.map((run) => run.last - run.first).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
    const least = sizes[most - 2] as bigint
    const kept = left.filter((run) => run.last - run.first >= least).slice(0, most - 1)
    left.splice(0, left.length, ...kept)
  }
  const stretches: LineStretch[] = []
  let from: bigint | undefined
  for (const run of left) {
    if (from === undefined || from < run.first) stretches.push({ from, to: run.first - 1n })
    from = run.last + 1n
  }
  stretches.push({ from })
  return stretches
}

/** Texts as their slots; undefined where nothing is left to ask. */
function simplified(need: LogNeed): Need | undefined {
  if (need.kind === 'any') return undefined
  if (need.kind === 'text') {
    const slots = slotsOfText(need.text)
    return slots.length === 0 ? undefined : slots
  }
  const of = need.of.map(simplified)
  const known = of.filter((n) => n !== undefined)
  // one alternative that nothing is known about makes the others useless
  if (known.length === 0 || (need.kind === 'some' && known.length < of.length)) return undefined
  return { kind: need.kind, of: known }
}

const isSlots = (need: Need): need is readonly number[] => Array.isArray(need)
const flat = (need: Need): readonly number[] => (isSlots(need) ? need : need.of.flatMap(flat))

function evaluate(need: Need, mask: (slot: number) => bigint): bigint {
  if (isSlots(need)) return need.reduce((all, slot) => all & mask(slot), ALL_BLOCKS)
  return need.kind === 'all'
    ? need.of.reduce((all, n) => all & evaluate(n, mask), ALL_BLOCKS)
    : need.of.reduce((some, n) => some | evaluate(n, mask), 0n)
}

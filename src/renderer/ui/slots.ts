// Which element holds which row of a long list. While the list moves, an element whose row has left the screen is filled with
// the row that came, in its place in the document: filling costs a fraction of making. At rest the elements stand in the order
// of their rows, so that text is marked, and read aloud, in order.

export type RowKey = string | number | bigint

export interface Slots {
  /** the element of each row */
  readonly of: ReadonlyMap<RowKey, number>
  /** the elements in the order of the document */
  readonly order: readonly number[]
}

export const NO_SLOTS: Slots = { of: new Map(), order: [] }

/** Gives every row of `keys` (top to bottom) an element; a row that has one keeps it. */
export function slotsFor(before: Slots, keys: readonly RowKey[], moving: boolean): Slots {
  const wanted = new Set(keys)
  const free: number[] = []
  for (const [key, slot] of before.of) if (!wanted.has(key)) free.push(slot)
  let next = Math.max(-1, ...before.order) + 1
  const made: number[] = []
  const of = new Map<RowKey, number>()
  for (const key of keys) {
    let slot = before.of.get(key) ?? free.shift()
    if (slot === undefined) made.push((slot = next++))
    of.set(key, slot)
  }
  const used = new Set(of.values())
  return { of, order: moving ? [...before.order.filter((slot) => used.has(slot)), ...made] : [...of.values()] }
}

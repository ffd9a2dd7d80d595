// Turns a column of text into codes and words when its texts repeat, working on the bytes alone.

import type { DictionaryColumn, StringColumn } from '../../../shared/frame/frame.ts'

/** Rows looked at before deciding that a column does not repeat enough. */
const TRIAL = 1024

/** undefined when fewer than half of the rows repeat an earlier text (a dictionary would only be bigger). */
export function dictionaryColumn(column: StringColumn): DictionaryColumn | undefined {
  const { length, offsets, bytes, validity } = column
  if (length < 16) return undefined
  const codes = new Int32Array(length)
  let capacity = 1024
  let table = new Int32Array(capacity).fill(-1)
  let hashes = new Uint32Array(512)
  let firstRows = new Int32Array(512)
  let words = 0
  for (let row = 0; row < length; row++) {
    if (row === TRIAL && words * 2 > TRIAL) return undefined
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    let h = 0x811c9dc5 ^ (end - start)
    for (let i = start; i < end; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193)
    h = (h ^ (h >>> 15)) >>> 0
    let slot = h & (capacity - 1)
    let code = table[slot] as number
    while (code >= 0 && !(hashes[code] === h && sameText(offsets, bytes, firstRows[code] as number, start, end))) {
      slot = (slot + 1) & (capacity - 1)
      code = table[slot] as number
    }
    if (code < 0) {
      code = words++
      if (code === hashes.length) {
        const moreHashes = new Uint32Array(code * 2)
        moreHashes.set(hashes)
        hashes = moreHashes
        const moreRows = new Int32Array(code * 2)
        moreRows.set(firstRows)
        firstRows = moreRows
      }
      hashes[code] = h
      firstRows[code] = row
      table[slot] = code
      if (words * 2 > capacity) {
        capacity *= 2
        table = new Int32Array(capacity).fill(-1)
        for (let w = 0; w < words; w++) {
          let free = (hashes[w] as number) & (capacity - 1)
          while ((table[free] as number) >= 0) free = (free + 1) & (capacity - 1)
          table[free] = w
        }
      }
    }
    codes[row] = code
  }
  if (words * 2 > length) return undefined
  const dictionaryOffsets = new Uint32Array(words + 1)
  for (let w = 0; w < words; w++) {
    const row = firstRows[w] as number
    dictionaryOffsets[w + 1] =
      (dictionaryOffsets[w] as number) + (offsets[row + 1] as number) - (offsets[row] as number)
  }
  const dictionaryBytes = new Uint8Array(dictionaryOffsets[words] as number)
  for (let w = 0; w < words; w++) {
    const row = firstRows[w] as number
    dictionaryBytes.set(bytes.subarray(offsets[row], offsets[row + 1]), dictionaryOffsets[w] as number)
  }
  const { name, type, unit } = column
  return { name, type, unit, length, validity, storage: 'dictionary', codes, dictionaryOffsets, dictionaryBytes }
}

function sameText(offsets: Uint32Array, bytes: Uint8Array, row: number, start: number, end: number): boolean {
  let at = offsets[row] as number
  if ((offsets[row + 1] as number) - at !== end - start) return false
  for (let i = start; i < end; i++) if (bytes[at++] !== bytes[i]) return false
  return true
}

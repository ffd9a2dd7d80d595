// Turns a column of text into codes and words when its texts repeat, working on the bytes alone.

import type { DictionaryColumn, StringColumn } from '../../../shared/frame/frame.ts'
import { ByteWords } from './byte-words.ts'

/** Rows looked at before deciding that a column does not repeat enough. */
const TRIAL = 1024

/** undefined when fewer than half of the rows repeat an earlier text (a dictionary would only be bigger). */
export function dictionaryColumn(column: StringColumn): DictionaryColumn | undefined {
  const { length, offsets, bytes, validity } = column
  if (length < 16) return undefined
  const codes = new Int32Array(length)
  const words = new ByteWords()
  for (let row = 0; row < length; row++) {
    if (row === TRIAL && words.size * 2 > TRIAL) return undefined
    codes[row] = words.codeOf(bytes, offsets[row] as number, offsets[row + 1] as number)
  }
  if (words.size * 2 > length) return undefined
  const { name, type, unit } = column
  const { offsets: dictionaryOffsets, bytes: dictionaryBytes } = words.packed()
  return { name, type, unit, length, validity, storage: 'dictionary', codes, dictionaryOffsets, dictionaryBytes }
}

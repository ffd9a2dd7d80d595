// What a rule of redaction may be that a person wrote: a pattern that JavaScript and DuckDB's RE2 read alike, that cannot match
// nothing, and that cannot keep the engine busy for ever.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { OwnRule } from '../../shared/contract/settings.ts'

const HINT = 'Use a regular expression without look-around, back-references or named groups.'

/** @param readByStore whether RE2 reads the pattern @throws WatchdeckError `invalid_input` with what is wrong */
export async function checkRule(
  { name, pattern }: OwnRule,
  readByStore: (pattern: string) => Promise<string | undefined>,
): Promise<void> {
  let regex: RegExp
  try {
    regex = new RegExp(pattern, 'g')
  } catch (cause) {
    throw unusable(name, cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (pattern.includes('(?<') || pattern.includes('(?P')) throw unusable(name, '(?<')
  const refused = await readByStore(pattern)
  if (refused !== undefined) throw unusable(name, refused)
  if (repeatsRepetition(pattern))
    throw new WatchdeckError(
      'invalid_input',
      `The pattern of the rule "${name}" repeats a repetition, which can take for ever.`,
      { hint: 'Write it without a repetition inside of a repeated group.' },
    )
  if (['', 'a b', '1'].some((text) => [...text.matchAll(regex)].some(([match]) => match === '')))
    throw new WatchdeckError(
      'invalid_input',
      `The pattern of the rule "${name}" also matches nothing, and would put a token everywhere.`,
      { hint: 'Let it match at least one character.' },
    )
}

const unusable = (name: string, why: string, cause?: unknown): WatchdeckError =>
  new WatchdeckError('invalid_input', `The pattern of the rule "${name}" cannot be used: ${why}`, { hint: HINT, cause })

/** Whether a group that may repeat without end holds something that may: `(a+)+`. */
function repeatsRepetition(pattern: string): boolean {
  const endless = /^(?:[*+]|\{\d+,\})/
  /** for each open group, whether something in it repeats */
  const open: boolean[] = [false]
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    let closed = false
    if (c === '\\') i++
    else if (c === '[') {
      while (++i < pattern.length && pattern[i] !== ']') if (pattern[i] === '\\') i++
    } else if (c === '(') {
      open.push(false)
      continue
    } else if (c === ')') closed = true
    else if (c === '|') continue
    const repeats = endless.test(pattern.slice(i + 1))
    const within = closed ? (open.pop() ?? false) : false
    if (closed && within && repeats) return true
    if (repeats || within) open[open.length - 1] = true
  }
  return false
}

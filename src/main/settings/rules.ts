// What a rule of redaction may be that a person wrote: a pattern that RE2 reads, here and in DuckDB, and that cannot match nothing.

import { RE2JS, RE2JSException } from 're2js'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { OwnRule } from '../../shared/contract/settings.ts'

const HINT = 'Use a regular expression without look-around, back-references or named groups.'

/** @param readByStore whether RE2 reads the pattern @throws WatchdeckError `invalid_input` with what is wrong */
export async function checkRule(
  { name, pattern }: OwnRule,
  readByStore: (pattern: string) => Promise<string | undefined>,
): Promise<void> {
  let regex: RE2JS
  try {
    regex = RE2JS.compile(pattern)
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause
    throw unusable(name, cause.message, cause)
  }
  // two rules with the same name of a group would be no pattern together
  if (pattern.includes('(?<') || pattern.includes('(?P')) throw unusable(name, '(?<')
  const refused = await readByStore(pattern)
  if (refused !== undefined) throw unusable(name, refused)
  if (['', 'a b', '1'].some((text) => [...regex.matchAll(text)].some(([match]) => match === '')))
    throw new WatchdeckError(
      'invalid_input',
      `The pattern of the rule "${name}" also matches nothing, and would put a token everywhere.`,
      { hint: 'Let it match at least one character.' },
    )
}

const unusable = (name: string, why: string, cause?: unknown): WatchdeckError =>
  new WatchdeckError('invalid_input', `The pattern of the rule "${name}" cannot be used: ${why}`, { hint: HINT, cause })

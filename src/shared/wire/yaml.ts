// YAML that others wrote: plain values as JSON has them. Aliases are few, for each of them may stand for all that is before it.

import { CORE_SCHEMA, load } from 'js-yaml'

/** `&a` and `*a` of people's own files; a text of megabytes that has any was made to be a bomb. */
const MAX_ALIASES = 10
const LARGE = 1_000_000

/** @throws Error with a sentence for people; a text of blanks and comments is null */
export function parseYaml(text: string): unknown {
  if (saysNothing(text)) return null
  return load(text, { schema: CORE_SCHEMA, maxAliases: text.length > LARGE ? 0 : MAX_ALIASES })
}

/** Whether there are blanks and comments only. */
export const saysNothing = (text: string): boolean => !/(?<![^\n\r])[^\S\n\r]*[^\s#]/.test(text)

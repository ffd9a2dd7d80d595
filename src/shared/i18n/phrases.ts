// What the engine says, in another language. The engine speaks English (log, command line, outside programs); its
// sentences are the keys of a book of phrases, `{}` standing for what changes. scripts/check-i18n.ts reads the engine's
// source and fails while a sentence has no line in the book.

/** English with `{}` for each value -> the other language with `{}` in the same order, or `{1}`, `{2}` where it differs */
export type PhraseBook = Readonly<Record<string, string>>

/** Longer texts are shown as they are: no sentence of ours is. */
const MAX_CHARS = 8_000
/** a value that is a sentence itself ("cannot be opened: {}") is said too, this deep */
const MAX_DEPTH = 4
/** shorter patterns match by accident inside values */
const MIN_INNER_LITERAL = 6

interface Pattern {
  readonly literals: readonly string[]
  readonly weight: number
  readonly said: string
}

export type Say = (text: string) => string

/** The words of `{line}:{column}: ` before what is wrong with a query stay. */
const POSITION = /^\d+:\d+: (?:parse error: )?/

export function sayWith(book: PhraseBook): Say {
  const exact = new Map<string, string>()
  const patterns: Pattern[] = []
  for (const [phrase, said] of Object.entries(book)) {
    const literals = phrase.split('{}')
    if (literals.length === 1) exact.set(phrase, said)
    else patterns.push({ literals, weight: literals.join('').length, said })
  }
  // the one that says most wins
  patterns.sort((a, b) => b.weight - a.weight)

  function say(text: string, depth: number): string {
    const whole = exact.get(text)
    if (whole !== undefined) return whole
    if (depth > MAX_DEPTH || text.length > MAX_CHARS) return text
    for (const pattern of patterns) {
      if (depth > 0 && pattern.weight < MIN_INNER_LITERAL) continue
      const values = match(pattern.literals, text)
      if (values)
        return fill(
          pattern.said,
          values.map((value) => inner(value, depth + 1)),
        )
    }
    const position = POSITION.exec(text)?.[0]
    if (position !== undefined) return position + say(text.slice(position.length), depth + 1)
    return text
  }
  /** what is quoted is data: a name, a path, the person's own words */
  const inner = (value: string, depth: number): string => (/^["'`/]/.test(value) ? value : say(value, depth))

  return (text) => say(text, 0)
}

/** The values between the literals, leftmost first; undefined when the text is another sentence. Linear. */
function match(literals: readonly string[], text: string): string[] | undefined {
  const first = literals[0] ?? ''
  const last = literals.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return undefined
  const values: string[] = []
  let at = first.length
  const end = text.length - last.length
  for (const literal of literals.slice(1, -1)) {
    const next = text.indexOf(literal, at)
    if (next < 0 || next + literal.length > end) return undefined
    values.push(text.slice(at, next))
    at = next + literal.length
  }
  values.push(text.slice(at, end))
  return values
}

function fill(said: string, values: readonly string[]): string {
  let next = 0
  return said.replace(
    /\{(\d*)\}/g,
    (_whole, number: string) => values[number === '' ? next++ : Number(number) - 1] ?? '',
  )
}

// What a regular expression spells out: `10\.0\.0\.(1|2)` is two addresses. Groups, small classes and `?` are written out; what may
// repeat, or stands for any character, stays as it is written. So an address hides in no way of writing it but an open one.

/** One way through the expression: as the text that it stands for, and as an expression for the same. */
export interface Spelling {
  readonly plain: string
  readonly regex: string
}

/** More ways than this are not written out. */
export const MOST_SPELLINGS = 1000
/** Characters of a class, such as `[0-9]`, that are written out. */
const MOST_OF_CLASS = 16

const EMPTY: Spelling = { plain: '', regex: '' }
const asIs = (text: string): Spelling => ({ plain: text, regex: text })
/** What repeats is one way; an address within it is still looked for. */
const repeated = (text: string): Spelling => ({ plain: text.replace(/\\([^A-Za-z0-9])/g, '$1'), regex: text })
/** Groups within groups, past which nothing is written out. */
const MOST_DEEP = 100
/** Escapes that mean the character itself; `\d` and its like do not. */
const LITERAL_ESCAPE = /^[^A-Za-z0-9]$/
const SPECIAL = /[\\^$.*+?()[\]{}|]/

const literal = (char: string): Spelling => ({ plain: char, regex: SPECIAL.test(char) ? `\\${char}` : char })

/** The ways, at most one more than `MOST_SPELLINGS`; an expression that is none is one way, as it is. */
export function spellingsOf(regex: string): Spelling[] {
  const reader = new Reader(regex)
  const found = reader.alternatives()
  return reader.understood ? found : [asIs(regex)]
}

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** read to its end, every group closed */
  get understood(): boolean {
    return this.#at === this.#text.length
  }

  get #rest(): string {
    return this.#text.slice(this.#at)
  }

  alternatives(): Spelling[] {
    const found: Spelling[] = []
    for (;;) {
      found.push(...this.#sequence())
      if (found.length > MOST_SPELLINGS) found.length = MOST_SPELLINGS + 1
      if (this.#text[this.#at] !== '|') return found
      this.#at++
    }
  }

  #sequence(): Spelling[] {
    let ways: Spelling[] = [EMPTY]
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')') {
      const options = this.#item()
      const next: Spelling[] = []
      for (const way of ways)
        for (const option of options) {
          if (next.length > MOST_SPELLINGS) break
          next.push({ plain: way.plain + option.plain, regex: way.regex + option.regex })
        }
      ways = next
    }
    return ways
  }

  #item(): Spelling[] {
    const from = this.#at
    const options = this.#atom()
    const quantifier = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/.exec(this.#rest)?.[0] ?? ''
    this.#at += quantifier.length
    if (quantifier === '') return options
    return quantifier === '?' ? [...options, EMPTY] : [repeated(this.#text.slice(from, this.#at))]
  }

  #atom(): Spelling[] {
    const from = this.#at
    const char = this.#text[this.#at++] as string
    if (char === '\\') {
      const escaped = this.#text[this.#at++] ?? ''
      return [LITERAL_ESCAPE.test(escaped) ? literal(escaped) : asIs(char + escaped)]
    }
    if (char === '[') return this.#class(from)
    if (char !== '(') return [asIs(char)]
    const open = /^\?:/.exec(this.#rest)?.[0] ?? ''
    this.#at += open.length
    const flags = this.#rest.startsWith('?')
    // not understood: the end is not reached
    if (++this.#depth > MOST_DEEP) return [asIs(char)]
    const inner = this.alternatives()
    this.#depth--
    this.#at++ // its ")"
    return flags || inner.length > MOST_SPELLINGS ? [asIs(this.#text.slice(from, this.#at))] : inner
  }

  #class(from: number): Spelling[] {
    const [whole, negated, inside] = /^\[(\^?)(\]?(?:\\.|[^\\\]])*)\]/.exec(this.#text.slice(from)) ?? []
    if (whole === undefined || inside === undefined) return [asIs('[')]
    this.#at = from + whole.length
    const chars = negated === '' ? charsOf(inside) : undefined
    return chars === undefined ? [asIs(whole)] : chars.map(literal)
  }
}

/** The characters of a class; undefined when they are many, or named. */
function charsOf(inside: string): string[] | undefined {
  const parts = inside.match(/\\.|[^\\]/g) ?? []
  if (parts.some((part) => part.length > 1 && !LITERAL_ESCAPE.test(part.slice(1)))) return undefined
  const out: string[] = []
  for (let i = 0; i < parts.length; i++) {
    const first = (parts[i] as string).slice(-1)
    const last = parts[i + 1] === '-' && parts[i + 2] !== undefined ? (parts[i + 2] as string).slice(-1) : undefined
    if (last === undefined) out.push(first)
    else {
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++) {
        out.push(String.fromCharCode(code))
        if (out.length > MOST_OF_CLASS) return undefined
      }
      i += 2
    }
    if (out.length > MOST_OF_CLASS) return undefined
  }
  return out
}

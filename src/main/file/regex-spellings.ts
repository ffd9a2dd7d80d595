// What a regular expression spells out: `10\.0\.0\.(1|2)` is two addresses. Groups, small classes, `?`, small counts (`{2}`) and the
// numbers of characters (`\x40`) are written out; what may repeat without end, or stands for any character, stays as it is
// written. So an address hides in no way of writing it but an open one.

/** One way through the expression: as the text that it stands for, and as an expression for the same. */
export interface Spelling {
  readonly plain: string
  readonly regex: string
}

/** More ways than this are not written out, of which there are easily millions. */
export const MOST_SPELLINGS = 1000
/** ... but so many of them: an expression that may be an address most often shows it there. */
const SAMPLE = 64
/** Texts put together, past which a long expression of many ways is not written out either. */
const MOST_STEPS = 5_000_000
/** Characters of a class, such as `[0-9]`, that are written out. */
const MOST_OF_CLASS = 16
/** Repeats, such as `{1,3}`, that are written out. */
const MOST_REPEATS = 8

const EMPTY: Spelling = { plain: '', regex: '' }
const asIs = (text: string): Spelling => ({ plain: text, regex: text })
/** What repeats is one way; an address within it is still looked for. */
const repeated = (text: string): Spelling => ({ plain: text.replace(/\\([^A-Za-z0-9])/g, '$1'), regex: text })
/** Groups within groups, past which nothing is written out. */
const MOST_DEEP = 100
/** Escapes that mean the character itself; `\d` and its like do not. */
const LITERAL_ESCAPE = /^[^A-Za-z0-9]$/
const CLASS = /^\[(\^?)(\]?(?:\\.|[^\\\]])*)\]/s
const SPECIAL = /[\\^$.*+?()[\]{}|]/

const literal = (char: string): Spelling => ({ plain: char, regex: SPECIAL.test(char) ? `\\${char}` : char })

/** The ways; where they are more than `MOST_SPELLINGS`, some of them. An expression that is none is one way, as it is. */
export function spellingsOf(regex: string): { readonly ways: readonly Spelling[]; readonly all: boolean } {
  const reader = new Reader(regex)
  const ways = reader.alternatives()
  return reader.understood ? { ways, all: reader.all } : { ways: [asIs(regex)], all: true }
}

const follow = (way: Spelling, option: Spelling): Spelling => ({
  plain: way.plain + option.plain,
  regex: way.regex + option.regex,
})

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0
  #steps = 0
  /** whether every way was written out */
  all = true
  /** whether a class was seen that nobody closes: then none after it is closed either, and is not looked for again */
  #unclosed = false

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
      if (this.#text[this.#at] !== '|') return found
      this.#at++
    }
  }

  #sequence(): Spelling[] {
    let ways: Spelling[] = [EMPTY]
    let single = EMPTY
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')') {
      const options = this.#item()
      const [only] = options
      // what has but one way is put together first: most of an expression is
      if (options.length === 1 && only) single = follow(single, only)
      else {
        ways = this.#joined(this.#joined(ways, [single]), options)
        single = EMPTY
      }
    }
    return this.#joined(ways, [single])
  }

  /** Every way followed by every option; where those are too many, some in which every option has its turn. */
  #joined(ways: readonly Spelling[], options: readonly Spelling[]): Spelling[] {
    const count = ways.length * options.length
    this.#steps += count
    const isMore = ways.length > 1 && options.length > 1 && count > MOST_SPELLINGS
    if (!isMore && this.#steps <= MOST_STEPS) return ways.flatMap((way) => options.map((option) => follow(way, option)))
    this.all &&= count <= SAMPLE
    return Array.from({ length: Math.min(count, SAMPLE) }, (_, i) =>
      follow(
        ways[ways.length > SAMPLE ? Math.floor((i * ways.length) / SAMPLE) : i % ways.length] as Spelling,
        options[(count <= SAMPLE ? Math.floor(i / ways.length) : i) % options.length] as Spelling,
      ),
    )
  }

  /** The options so many times, one after the other; undefined when those are too many ways. */
  #times(options: Spelling[], least: number, most: number): Spelling[] | undefined {
    if (most > MOST_REPEATS || least > most || options.length ** most > MOST_SPELLINGS) return undefined
    let ways: Spelling[] = [EMPTY]
    const found: Spelling[] = least === 0 ? [EMPTY] : []
    for (let count = 1; count <= most; count++) {
      ways = this.#joined(ways, options)
      if (count >= least) found.push(...ways)
    }
    return found
  }

  #item(): Spelling[] {
    const from = this.#at
    const options = this.#atom()
    const quantifier = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/.exec(this.#rest)?.[0] ?? ''
    this.#at += quantifier.length
    if (quantifier === '') return options
    if (quantifier === '?') return [...options, EMPTY]
    const [, least = '', most = least] = /^\{(\d+)(?:,(\d+))?\}$/.exec(quantifier) ?? []
    const ways = least === '' ? undefined : this.#times(options, Number(least), Number(most))
    return ways ?? [repeated(this.#text.slice(from, this.#at))]
  }

  #atom(): Spelling[] {
    const from = this.#at
    const char = this.#text[this.#at++] as string
    if (char === '\\') {
      const [number, inBraces, plain] = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(this.#rest) ?? []
      const code = Number.parseInt(inBraces ?? plain ?? '', 16)
      if (number !== undefined && code <= 0x10ffff) {
        this.#at += number.length
        return [literal(String.fromCodePoint(code))]
      }
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
    return flags ? [asIs(this.#text.slice(from, this.#at))] : inner
  }

  #class(from: number): Spelling[] {
    const [whole, negated, inside] = this.#unclosed ? [] : (CLASS.exec(this.#text.slice(from)) ?? [])
    if (whole === undefined || inside === undefined) {
      this.#unclosed = true
      return [asIs('[')]
    }
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

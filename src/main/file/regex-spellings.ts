// What a regular expression spells out: `10\.0\.0\.(1|2)` is two addresses. Groups, small classes, `?`, small counts (`{2}`), the
// numbers of characters (`\x40`, `\056`) and `\Q..\E` are written out; what may repeat without end, or stands for any character,
// stays as it is written. So an address hides in no way of writing it but an open one.

/** One way through the expression: as the text that it stands for, and as an expression for the same. */
export interface Spelling {
  readonly plain: string
  readonly regex: string
}

/** A part of a way, and the flags that hold in it. */
export interface Piece extends Spelling {
  readonly flags: string
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

/** Stands in `plain` after an escape such as `\b`, the letter of which would else be read as one of the word that follows. */
export const BORDER = '\u{e000}'

const EMPTY: Spelling = { plain: '', regex: '' }
const asIs = (text: string): Spelling => ({ plain: text, regex: text })
/** What is not taken apart is one way; an address within it is still looked for. */
const unread = (text: string): Spelling => ({ plain: text.replace(/\\([^A-Za-z0-9])/g, '$1'), regex: text })
/** Groups within groups, past which nothing is written out. */
const MOST_DEEP = 100
/** Escapes that mean the character itself; `\d` and its like do not. */
const LITERAL_ESCAPE = /^[^A-Za-z0-9]$/u
const CLASS = /^\[(\^?)(\]?(?:\\.|\[:\^?\w+:\]|[^\\\]])*)\]/s
/** `\x{1F600}`, `\x40`, `\056`, `\101` behind their backslash */
const NUMBER = /^(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/
/** How a group opens: with a name, or with flags that hold within it. */
const OPEN = /^\?(?:P?<\w+>|([A-Za-z-]*):)/
/** Flags that hold from here to the end of the group around them, in its further alternatives too. */
const FLAGS = /^\(\?([A-Za-z]+(?:-[A-Za-z]+)?|-[A-Za-z]+)\)/
const QUANTIFIER = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/
const SPECIAL = /[\\^$.*+?()[\]{}|]/

const literal = (char: string): Spelling => ({ plain: char, regex: SPECIAL.test(char) ? `\\${char}` : char })

/** The ways; where they are more than `MOST_SPELLINGS`, some of them. An expression that is none is one way, as it is. */
export function spellingsOf(regex: string): { readonly ways: readonly Spelling[]; readonly all: boolean } {
  const reader = new Reader(regex)
  const ways = reader.alternatives()
  return reader.understood ? { ways, all: reader.all } : { ways: [unread(regex)], all: true }
}

/**
 * What a way consists of, in its order: together the `plain` of its pieces is its own. Undefined when it was not taken apart.
 */
export function piecesOf({ plain, regex }: Spelling): readonly Piece[] | undefined {
  const reader = new Reader(regex)
  const pieces = reader.pieces('')
  return reader.understood && pieces.map((piece) => piece.plain).join('') === plain ? pieces : undefined
}

/** Flags that hold where `now` do, after `more`, such as `i-s`. */
function flagsAfter(now: string, more: string): string {
  const on = new Set<string>()
  const off = new Set<string>()
  for (const change of [now, more]) {
    const [set = '', unset = ''] = change.split('-')
    for (const flag of set) on.add(flag)
    for (const flag of set) off.delete(flag)
    for (const flag of unset) off.add(flag)
    for (const flag of unset) on.delete(flag)
  }
  return `${[...on].join('')}${off.size === 0 ? '' : `-${[...off].join('')}`}`
}

/** The expression with flags that hold in it and nowhere else. */
export const flagged = (regex: string, flags: string): string =>
  flags === '' || regex === '' ? regex : `(?${flags}:${regex})`

/** The text as an expression for itself. */
export const literally = (text: string): string => Array.from(text, (char) => literal(char).regex).join('')

/** The character that a number behind a backslash stands for, and how long the number is. */
function numbered(behind: string): { readonly char: string; readonly length: number } | undefined {
  const [number, inBraces, two, octal] = NUMBER.exec(behind) ?? []
  if (number === undefined) return undefined
  const code = octal === undefined ? Number.parseInt(inBraces ?? two ?? '', 16) : Number.parseInt(octal, 8)
  return code > 0x10ffff ? undefined : { char: String.fromCodePoint(code), length: number.length }
}

/** `\Q..\E` as its characters for themselves. */
const unquoted = (regex: string): string =>
  regex.replace(/\\Q(.*?)(?:\\E|$)|\\./gs, (whole: string, quoted?: string) =>
    quoted === undefined ? whole : literally(quoted),
  )

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
  /** those of `FLAGS` that hold here, within this group */
  #flags = ''

  constructor(text: string) {
    this.#text = unquoted(text)
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
    const around = this.#flags
    this.#flags = ''
    for (;;) {
      found.push(...this.#sequence())
      if (this.#text[this.#at] !== '|') break
      this.#at++
    }
    this.#flags = around
    return found
  }

  /** Of one way: its items, those of groups with flags for themselves. */
  pieces(flags: string): Piece[] {
    const found: Piece[] = []
    while (this.#goesOn) {
      const from = this.#at
      const open = /^\(\?([A-Za-z-]+):/.exec(this.#rest)
      if (open) {
        this.#at += open[0].length
        const inner = this.pieces(flagsAfter(flags, open[1] ?? ''))
        this.#at++ // its ")"
        if (!QUANTIFIER.test(this.#rest)) {
          found.push(...inner)
          continue
        }
        // what repeats is one piece
        this.#at = from
      }
      found.push(...this.#item().map((option) => ({ ...option, flags })))
    }
    return found
  }

  /** Whether the sequence has more. */
  get #goesOn(): boolean {
    return this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')'
  }

  /** Its stretches between flags, each under its own: what follows elsewhere is not touched by them. */
  #sequence(): Spelling[] {
    let ways = this.#stretch()
    for (let flags = FLAGS.exec(this.#rest); flags; flags = FLAGS.exec(this.#rest)) {
      this.#at += flags[0].length
      this.#flags = flagsAfter(this.#flags, flags[1] ?? '')
      ways = this.#joined(ways, this.#stretch())
    }
    return ways
  }

  #stretch(): Spelling[] {
    const flags = this.#flags
    let ways: Spelling[] = [EMPTY]
    let single = EMPTY
    while (this.#goesOn && !FLAGS.test(this.#rest)) {
      const options = this.#item()
      const [only] = options
      // what has but one way is put together first: most of an expression is
      if (options.length === 1 && only) single = follow(single, only)
      else {
        ways = this.#joined(this.#joined(ways, [single]), options)
        single = EMPTY
      }
    }
    ways = this.#joined(ways, [single])
    return flags === '' ? ways : ways.map(({ plain, regex }) => ({ plain, regex: flagged(regex, flags) }))
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
    const quantifier = QUANTIFIER.exec(this.#rest)?.[0] ?? ''
    this.#at += quantifier.length
    if (quantifier === '') return options
    if (quantifier === '?') return [...options, EMPTY]
    const [, least = '', most = least] = /^\{(\d+)(?:,(\d+))?\}$/.exec(quantifier) ?? []
    const ways = least === '' ? undefined : this.#times(options, Number(least), Number(most))
    return ways ?? [this.#repeated(from, quantifier, options)]
  }

  /** What repeats is one way; an address within it is still looked for. */
  #repeated(from: number, quantifier: string, options: readonly Spelling[]): Spelling {
    const regex = this.#text.slice(from, this.#at)
    const open = /^\((?:\?(?:P?<\w+>|[A-Za-z-]*:))?/.exec(regex)?.[0]
    const plain = options.map((option) => option.plain).join('|')
    if (open !== undefined) return { plain: `${open}${plain})${quantifier}`, regex }
    return options.length === 1 ? { plain: plain + quantifier, regex } : asIs(regex)
  }

  #atom(): Spelling[] {
    const from = this.#at
    const char = String.fromCodePoint(this.#text.codePointAt(from) as number)
    this.#at += char.length
    if (char === '\\') return [this.#escape()]
    if (char === '[') return this.#class(from)
    if (char !== '(') return [asIs(char)]
    const [open = '', flags = ''] = OPEN.exec(this.#rest) ?? []
    this.#at += open.length
    // not understood: the end is not reached
    if (++this.#depth > MOST_DEEP || this.#rest.startsWith('?')) return [asIs(char)]
    const inner = this.alternatives()
    this.#depth--
    this.#at++ // its ")"
    return inner.map(({ plain, regex }) => ({ plain, regex: flagged(regex, flags) }))
  }

  /** What stands behind a backslash. */
  #escape(): Spelling {
    const number = numbered(this.#rest)
    if (number) {
      this.#at += number.length
      return literal(number.char)
    }
    const escaped = /^(?:[pP](?:\{[^}]{0,60}\}|.)|.)/su.exec(this.#rest)?.[0] ?? ''
    this.#at += escaped.length
    if (LITERAL_ESCAPE.test(escaped)) return literal(escaped)
    return { plain: `\\${escaped}${BORDER}`, regex: `\\${escaped}` }
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
  if (inside.includes('[:')) return undefined
  const parts: Array<{ char: string; isEscape: boolean }> = []
  for (let at = 0; at < inside.length; ) {
    const isEscape = inside[at] === '\\'
    if (isEscape) at++
    const number = isEscape ? numbered(inside.slice(at, at + 10)) : undefined
    const char = number?.char ?? String.fromCodePoint(inside.codePointAt(at) as number)
    if (isEscape && !number && !LITERAL_ESCAPE.test(char)) return undefined
    parts.push({ char, isEscape })
    at += number?.length ?? char.length
  }
  const out: string[] = []
  for (let i = 0; i < parts.length; i++) {
    const first = parts[i]?.char as string
    const dash = parts[i + 1]
    const last = dash?.char === '-' && !dash.isEscape ? parts[i + 2]?.char : undefined
    if (last === undefined) out.push(first)
    else {
      for (let code = first.codePointAt(0) as number; code <= (last.codePointAt(0) as number); code++) {
        out.push(String.fromCodePoint(code))
        if (out.length > MOST_OF_CLASS) return undefined
      }
      i += 2
    }
    if (out.length > MOST_OF_CLASS) return undefined
  }
  return out
}

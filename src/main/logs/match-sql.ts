// One pattern of a log query as SQL over a text. Most lines do not match, so what costs is saying no: lower-casing a body
// costs as much as reading it, and a regex five times that. Cheap necessary conditions come first, the exact one last.

import type { LogMatch } from '../../shared/domain/log-query.ts'
import type { SqlValue } from '../storage/telemetry/api.ts'

/** Collects parameters; `add` gives the placeholder. */
export class Params {
  readonly values: SqlValue[] = []
  add(value: SqlValue): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** `inside`: anywhere in the text; `whole`: from end to end (a regex always matches anywhere). */
export function matchSql(text: string, match: LogMatch, where: 'inside' | 'whole', params: Params): string {
  if (match.kind === 'regex') {
    const regex = `regexp_matches(${text}, ${params.add(match.source)}${match.exactCase ? '' : `, 'i'`})`
    const hints = requiredTexts(match.source)?.map((literal) =>
      match.exactCase ? `contains(${text}, ${params.add(literal)})` : pairSql(text, literal, params),
    )
    // one alternative that nothing is known about makes the others useless
    return hints?.every((hint) => hint !== undefined) ? `((${hints.join(' OR ')}) AND ${regex})` : regex
  }
  if (match.kind === 'wildcard') {
    const like = match.parts
      .map((p) => (p === 0 ? '%' : p === 1 ? '_' : p.toLowerCase().replace(/[\\%_]/g, '\\$&')))
      .join('')
    const longest = match.parts.reduce<string>(
      (best, p) => (typeof p === 'string' && p.length > best.length ? p : best),
      '',
    )
    const wanted = `lower(${text}) LIKE ${params.add(where === 'whole' ? like : `%${like}%`)} ESCAPE '\\'`
    return longest === '' ? `(${wanted})` : `(${anyCaseSql(text, longest, params)} AND ${wanted})`
  }
  if (match.exactCase)
    return where === 'whole' ? `${text} = ${params.add(match.text)}` : `contains(${text}, ${params.add(match.text)})`
  return where === 'whole'
    ? `lower(${text}) = ${params.add(match.text.toLowerCase())}`
    : anyCaseSql(text, match.text, params)
}

/** `text` holds `wanted` in upper or lower case. */
function anyCaseSql(text: string, wanted: string, params: Params): string {
  if (wanted.toLowerCase() === wanted.toUpperCase()) return `contains(${text}, ${params.add(wanted)})`
  const hint = pairSql(text, wanted, params)
  const exact = `contains(lower(${text}), ${params.add(wanted.toLowerCase())})`
  return hint === undefined ? exact : `(${hint} AND ${exact})`
}

/** Characters of log lines, most frequent first; what is not here is rare. */
const FREQUENT = ' eatonrl0123456789iscdup-_.:/=mhgfbw,"\'()[]ky'
/**
 * Letters that Unicode folds together with others ('K' is also the Kelvin sign, 's' the long s, 'i' the dotted capital):
 * a byte-wise search for both their cases could miss a match.
 */
const FOLDED_WITH_OTHERS = /[kis]/i

/**
 * A condition that every text with `wanted` in it, in any case, fulfils: its longest run of digits and signs occurs, or else
 * two of its neighbouring characters, in one of their at most four spellings. Searching bytes is several times as fast as lower-casing. Undefined where no pair is safe.
 */
function pairSql(text: string, wanted: string, params: Params): string | undefined {
  const rarity = (c: string) => {
    const place = FREQUENT.indexOf(c.toLowerCase())
    return place < 0 ? FREQUENT.length : place
  }
  // without letters there is one spelling; a space at its start would stop the search at every word
  const caseless = (wanted.match(/[!-@[-`{-~][ -@[-`{-~]{2,}/g) ?? []).reduce(
    (a, b) => (b.length > a.length ? b : a),
    '',
  )
  if (caseless !== '') return `contains(${text}, ${params.add(caseless)})`
  let best: string | undefined
  let most = -1
  for (let i = 0; i + 1 < wanted.length; i++) {
    const pair = wanted.slice(i, i + 2)
    if (FOLDED_WITH_OTHERS.test(pair) || !/^[ -~]+$/.test(pair)) continue
    // the first character decides how often the search has to stop and look
    const weight = 2 * rarity(pair[0] as string) + rarity(pair[1] as string)
    if (weight > most) {
      most = weight
      best = pair
    }
  }
  if (best === undefined) return undefined
  const cases = (c: string) => [...new Set([c.toLowerCase(), c.toUpperCase()])]
  const [first, second] = [best[0] as string, best[1] as string]
  const spellings = cases(first).flatMap((a) => cases(second).map((b) => a + b))
  return `(${spellings.map((spelling) => `contains(${text}, ${params.add(spelling)})`).join(' OR ')})`
}

/** More alternatives than this are slower to search for than the regex itself. */
const MAX_ALTERNATIVES = 4
const LEAST_LITERAL = 2
const WELL_KNOWN_ESCAPES = /[dDwWsSbBAztnrfva]/
const PLAIN = /[A-Za-z0-9 _:,;=@#%&"'<>~/!`-]/

/**
 * Texts of which every match of a regex contains at least one (in any case where the regex ignores it), each of at least
 * two characters; undefined when there are none or they are not easy to see.
 */
export function requiredTexts(source: string): readonly string[] | undefined {
  let at = 0
  let unclear = false

  const alternatives = (): readonly string[] | undefined => {
    const branches = [sequence()]
    while (source[at] === '|' && !unclear) {
      at++
      branches.push(sequence())
    }
    const all: string[] = []
    for (const branch of branches) {
      if (branch === undefined) return undefined
      all.push(...branch)
    }
    return all.length <= MAX_ALTERNATIVES ? all : undefined
  }

  const sequence = (): readonly string[] | undefined => {
    const found: Array<readonly string[]> = []
    let run = ''
    const end = () => {
      if (run.length >= LEAST_LITERAL) found.push([run])
      run = ''
    }
    while (at < source.length && !unclear && source[at] !== '|' && source[at] !== ')') {
      const c = source[at++] as string
      let literal = ''
      let group: readonly string[] | undefined
      if (c === '[') skipClass()
      else if (c === '(') {
        openGroup()
        group = alternatives()
        if (source[at++] !== ')') unclear = true
      } else if (c === '\\') {
        const next = source[at++] ?? ''
        if (next !== '' && !/[A-Za-z0-9]/.test(next) && next <= '~') literal = next
        else if (!WELL_KNOWN_ESCAPES.test(next)) unclear = true
      } else if (PLAIN.test(c)) literal = c
      const repeat = quantifier()
      if (repeat === 'once' && literal !== '') {
        run += literal
        continue
      }
      if (repeat === 'more') run += literal
      end()
      if (repeat !== 'maybe' && group !== undefined) found.push(group)
    }
    end()
    const worth = (texts: readonly string[]) => Math.min(...texts.map((t) => t.length)) - texts.length
    return found.reduce<readonly string[] | undefined>(
      (best, texts) => (best === undefined || worth(texts) > worth(best) ? texts : best),
      undefined,
    )
  }

  const skipClass = () => {
    if (source[at] === '^') at++
    for (let first = true; at < source.length; first = false) {
      const c = source[at++]
      if (c === '\\') at++
      else if (c === '[' && source[at] === ':') {
        const close = source.indexOf(':]', at)
        if (close < 0) break
        at = close + 2
      } else if (c === ']' && !first) return
    }
    unclear = true
  }

  const openGroup = () => {
    if (source[at] !== '?') return
    const head = /^\?(?::|P?<\w+>)/.exec(source.slice(at))
    if (head) at += head[0].length
    // flags may change what letters mean
    else unclear = true
  }

  /** Reads a repeat count: `maybe` where none at all would do, `more` where at least one is needed. */
  const quantifier = (): 'once' | 'maybe' | 'more' => {
    const counted = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})/.exec(source.slice(at))
    if (!counted) return 'once'
    at += counted[0].length
    if (source[at] === '?') at++
    if (counted[0] === '+') return 'more'
    return counted[1] !== undefined && Number(counted[1]) > 0 ? 'more' : 'maybe'
  }

  const found = alternatives()
  return unclear || at < source.length ? undefined : found
}

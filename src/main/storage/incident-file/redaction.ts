// What may not leave the laptop in an incident file: values are replaced by typed tokens such as <email:3fa9c2d41b>.
// A token is a keyed hash, the same for the same value within one file, so that joins survive; the key is random per
// file and thrown away. One rule has one pattern, in the part of the syntax that JavaScript and RE2 (DuckDB, and re2js here) share.
// RE2 reads any text once. JavaScript's own engine tries again from every character, and is twenty times as fast on what is short.

import { createHash, randomBytes } from 'node:crypto'
import { RE2JS } from 're2js'
import type { Settings } from '../../../shared/contract/settings.ts'

export type RedactionRule = Settings['redactionRules'][number]

// In order of precedence where several fit at one place: the more special first.
// `\s` is not used, which has more signs in JavaScript than in RE2; nor `\b` without regard to case, for the same reason.
const SCHEME = String.raw`\b(?i:bearer|basic|digest)[\t-\r ]+`
const SECRET_KEY = String.raw`\b(?i:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|token)\\?["']?[\t-\r ]*[=:][\t-\r ]*\\?["']?`

const TOKEN =
  String.raw`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16})|` +
  SECRET_KEY +
  String.raw`[^\t-\r "'&,;<>\\]{4,}`

/** Ours repeat nothing that repeats: up to this length JavaScript's engine takes at most the square of it in steps. */
const SHORT = 1000

interface Pattern {
  readonly pattern: string
  /** the part at the start of a match that stays: the name of a secret, so that JSON around it stays JSON */
  readonly keep?: string
}

export const REDACTION_PATTERNS: ReadonlyArray<Pattern & { readonly rule: RedactionRule }> = [
  { rule: 'authorization', pattern: `${SCHEME}[A-Za-z0-9._~+/=-]{8,}`, keep: SCHEME },
  { rule: 'token', pattern: TOKEN, keep: SECRET_KEY },
  { rule: 'email', pattern: String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}` },
  {
    rule: 'cn-id',
    pattern: String.raw`\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]\b`,
  },
  {
    rule: 'card',
    pattern: String.raw`\b(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6\d{3})(?:[ -]?\d{4}){2}[ -]?\d{3,4}\b`,
  },
  { rule: 'phone', pattern: String.raw`\+\d{1,3}[ -]?\(?\d{2,4}\)?(?:[ -]?\d{2,4}){2,3}\b|\b1[3-9]\d{9}\b` },
  {
    rule: 'uuid',
    pattern: String.raw`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`,
  },
  {
    rule: 'ip',
    pattern: String.raw`\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b|\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b|\b(?:[0-9a-fA-F]{1,4}:){2,6}:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*\b`,
  },
]

export interface Redactor {
  readonly rules: readonly string[]
  /** the text with every match replaced */
  text(value: string): string
  /** what `text` would replace, in order */
  matches(value: string): Array<{ rule: string; before: string; after: string }>
  /** every string within a JSON value replaced, as what its key says it is; keys stay */
  json(value: unknown): unknown
  /** SQL text: the expression (VARCHAR or NULL) with every match replaced, the same as `text` */
  sql(expression: string): string
}

/** @param own rules that a person wrote (checked by `checkRule`); they come before ours where both fit */
export function createRedactor(
  rules: readonly string[],
  own: ReadonlyArray<{ name: string; pattern: string }> = [],
  key: Buffer = randomBytes(32),
): Redactor {
  const active: ReadonlyArray<Pattern & { readonly rule: string }> = [
    ...own.map(({ name, pattern }) => ({ rule: name, pattern })),
    ...REDACTION_PATTERNS.filter((p) => rules.includes(p.rule)),
  ]
  // one pass over the text: all patterns as one alternation, the rule of a match is the first that fits it whole
  const combined = active.map((p) => `(?:${p.pattern})`).join('|')
  const linear = RE2JS.compile(combined)
  // what a person wrote may take JavaScript's engine for ever on a short text, too
  const quick = own.length === 0 ? new RegExp(combined, 'gu') : undefined
  const replaced = (value: string): string =>
    quick && value.length <= SHORT ? value.replace(quick, tokenOf) : linear.matcher(value).replaceAll(tokenOf)
  const found = (value: string): string[] =>
    Array.from(quick && value.length <= SHORT ? value.matchAll(quick) : linear.matchAll(value), ([match]) => match)
  const whole = active.map((p) => ({ rule: p.rule, regex: RE2JS.compile(p.pattern) }))
  const ruleOf = (match: string) => whole.find((w) => w.regex.matches(match))?.rule ?? 'value'
  // HMAC with two derived keys, in the form that both sides can compute: hex(sha256(outer || hex(sha256(inner || value))))
  const inner = sha256(`inner${key.toString('hex')}`)
  const outer = sha256(`outer${key.toString('hex')}`)
  const keeps = active.flatMap((p) => (p.keep === undefined ? [] : [p.keep]))
  const keep = keeps.length === 0 ? undefined : `^(?:${keeps.join('|')})`
  const keepRegex = keep === undefined ? undefined : new RegExp(keep)
  const tokenOf = (match: string) => {
    const kept = keepRegex?.exec(match)?.[0] ?? ''
    return `${kept}<${ruleOf(match)}:${sha256(outer + sha256(inner + match.slice(kept.length))).slice(0, 10)}>`
  }

  const text = (value: string): string => (active.length === 0 ? value : replaced(value))
  const matches = (value: string) =>
    active.length === 0
      ? []
      : found(value).map((match) => ({ rule: ruleOf(match), before: match, after: tokenOf(match) }))
  /** With its name as among rows, which are redacted as JSON: a password is often told by its name alone. */
  const field = (name: string, value: string): string => {
    const pair = JSON.stringify({ [name]: value })
    const after = text(pair)
    if (after === pair) return value
    try {
      const [found, ...more]: unknown[] = Object.values(JSON.parse(after) as object)
      if (typeof found === 'string' && more.length === 0) return found
    } catch (error) {
      // an own rule that takes a quote with it
      if (!(error instanceof SyntaxError)) throw error
    }
    return text(value)
  }
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (typeof value !== 'object' || value === null) return value
    const out: Record<string, unknown> = {}
    for (const [name, innerValue] of Object.entries(value))
      Object.defineProperty(out, name, {
        value: typeof innerValue === 'string' ? field(name, innerValue) : json(innerValue),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    return out
  }
  const sql = (expression: string): string => {
    if (active.length === 0) return expression
    const all = quoted(combined)
    const kinds = active.map((p) => `WHEN regexp_full_match(m, ${quoted(p.pattern)}) THEN '${p.rule}'`).join(' ')
    const kept = keep === undefined ? `''` : `regexp_extract(m, ${quoted(keep)})`
    const value = keep === undefined ? 'm' : `substr(m, length(${kept}) + 1)`
    const token = `concat(${kept}, '<', CASE ${kinds} ELSE 'value' END, ':', left(sha256(concat('${outer}', sha256(concat('${inner}', ${value})))), 10), '>')`
    const parts = `string_split_regex(${expression}, ${all})`
    const tokens = `list_transform(regexp_extract_all(${expression}, ${all}), lambda m: ${token})`
    return `(CASE WHEN regexp_matches(${expression}, ${all}) THEN array_to_string(list_transform(list_zip(${parts}, ${tokens}), lambda pair: concat(pair[1], pair[2])), '') ELSE ${expression} END)`
  }
  return { rules: active.map((p) => p.rule), text, matches, json, sql }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

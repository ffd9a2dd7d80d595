// Level words and numbers of the usual loggers to OTLP severity numbers (1..24, 0 unknown).

const WORDS: Readonly<Record<string, number>> = {
  trace: 1,
  finest: 1,
  verbose: 1,
  silly: 1,
  finer: 3,
  all: 1,
  debug: 5,
  fine: 5,
  dbg: 5,
  config: 7,
  info: 9,
  information: 9,
  informational: 9,
  inf: 9,
  log: 9,
  notice: 10,
  audit: 9,
  success: 9,
  warn: 13,
  warning: 13,
  wrn: 13,
  error: 17,
  err: 17,
  severe: 17,
  failure: 17,
  eror: 17,
  critical: 21,
  crit: 21,
  fatal: 21,
  panic: 21,
  emerg: 21,
  emergency: 21,
  alert: 21,
  dpanic: 21,
  ftl: 21,
}
const LETTERS: Readonly<Record<string, number>> = { T: 1, V: 1, D: 5, I: 9, W: 13, E: 17, F: 21, C: 21, A: 21 }
/** syslog severities 0 emerg .. 7 debug */
const SYSLOG = [21, 21, 21, 17, 13, 10, 9, 5]

/** The words as one alternative for regular expressions. */
export const LEVEL_PATTERN = Object.keys(WORDS)
  .filter((word) => !['all', 'log', 'config', 'audit', 'success', 'failure'].includes(word))
  .sort((a, b) => b.length - a.length)
  .join('|')

const LEVEL_WORD = new RegExp(`^[[(<]?(?:${LEVEL_PATTERN})[\\])>]?:?$`, 'i')
/** A word that stands for a level and hardly for anything else: no host or program has such a name. */
export const isLevelWord = (word: string): boolean => LEVEL_WORD.test(word)

export function severityOfWord(word: string): number {
  const key = word.trim().toLowerCase()
  if (Object.hasOwn(WORDS, key)) return WORDS[key] as number
  return word.length === 1 && Object.hasOwn(LETTERS, word) ? (LETTERS[word] as number) : 0
}

export function severityOfSyslog(severity: number): number {
  return SYSLOG[severity] ?? 0
}

const known = new Map<string, number>()

/** A `level` field: a word, a pino/bunyan number (10..60), a syslog number (0..7) or, where its name says so, OTLP's own. */
export function severityOf(value: unknown, field: string): number {
  if (typeof value === 'string') {
    const before = known.get(value)
    if (before !== undefined) return before
    const text = value.trim()
    const isNumber = /^\d{1,2}$/.test(text)
    const found = isNumber ? severityOf(Number(text), field) : severityOfWord(text.replaceAll(/[[\]<>:]/g, ''))
    // what a number means depends on the field
    if (!isNumber && known.size < 1000 && value.length < 40) known.set(value, found)
    return found
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0
  if (/severity_?number/i.test(field)) return value >= 0 && value <= 24 ? Math.trunc(value) : 0
  if (value >= 0 && value <= 7) return severityOfSyslog(Math.trunc(value))
  if (value >= 10) return value >= 60 ? 21 : value >= 50 ? 17 : value >= 40 ? 13 : value >= 30 ? 9 : value >= 20 ? 5 : 1
  return 0
}

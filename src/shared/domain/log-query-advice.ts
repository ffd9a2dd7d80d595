// Terms that people write out of the habit of another language, where this one searches for their text: `level=warn`,
// `!timeout`. They stay what they are, for lines do contain them; whoever typed one is told what else could be meant.

export interface LogQueryAdvice {
  /** UTF-16 offsets into the text */
  readonly from: number
  readonly to: number
  readonly typed: string
  readonly instead: string
}

/** Quoted texts and regular expressions are meant as they stand; what is left are words. */
const TOKEN = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\/(?:[^/\\\n]|\\[^\n])+\/c?(?=[\s)]|$)|[^\s()]+/gu
const EQUALS = /^(-?)([\p{L}_@][\p{L}\p{N}_.@-]*)(!=|!~|=~|==|=)(.+)$/u
const EXCLUDED = /^!+([^!].*)$/u

/** The first such term of a query that can be read. */
export function logQueryAdvice(text: string): LogQueryAdvice | undefined {
  for (const match of text.matchAll(TOKEN)) {
    const typed = match[0]
    if (/^["'/]/.test(typed)) continue
    const instead = insteadOf(typed)
    if (instead !== undefined) return { from: match.index, to: match.index + typed.length, typed, instead }
  }
  return undefined
}

function insteadOf(typed: string): string | undefined {
  const excluded = EXCLUDED.exec(typed)
  if (excluded) return `-${insteadOf(excluded[1] as string) ?? (excluded[1] as string)}`
  const equals = EQUALS.exec(typed)
  if (!equals) return undefined
  const [, minus, field, sign = '', value = ''] = equals
  const isNot = (minus === '-') !== sign.startsWith('!')
  return `${isNot ? '-' : ''}${field}:${sign.endsWith('~') ? `/${value.replace(/^"(.*)"$/, '$1')}/` : value}`
}

// What is typed into the trace query: `http.method:GET -k8s.pod.name:cart-a db.system:* timed out`. Terms with a colon
// are attributes, the rest is text that a span must contain.

export interface TypedQuery {
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
}

interface Token {
  readonly text: string
  /** place of the colon outside of quotes that ends the key; -1 = a word */
  readonly colon: number
  readonly quoted: boolean
}

/** Words, with quotes taken off; `\"` inside quotes is a quote. */
function tokens(query: string): Token[] {
  const out: Token[] = []
  let text = ''
  let colon = -1
  let inQuotes = false
  let started = false
  let quoted = false
  const end = (): void => {
    if (started) out.push({ text, colon, quoted })
    text = ''
    colon = -1
    started = false
    quoted = false
  }
  for (let i = 0; i < query.length; i++) {
    const c = query[i] as string
    if (inQuotes) {
      if (c === '\\' && (query[i + 1] === '"' || query[i + 1] === '\\')) text += query[++i]
      else if (c === '"') inQuotes = false
      else text += c
    } else if (c === '"') {
      inQuotes = true
      started = true
      quoted = true
    } else if (/\s/.test(c)) end()
    else {
      if (c === ':' && colon < 0 && text !== '' && text !== '-') colon = text.length
      else if (c === ':' && colon < 0) colon = -1
      text += c
      started = true
    }
  }
  end()
  return out
}

export function parseQuery(query: string): TypedQuery {
  const attributes: Record<string, string> = {}
  const words: string[] = []
  for (const token of tokens(query)) {
    const excludes = token.text.startsWith('-') && token.colon > 0
    const key = token.colon > 0 ? token.text.slice(excludes ? 1 : 0, token.colon) : ''
    if (key === '') words.push(token.text)
    else attributes[key] = `${excludes ? '!' : ''}${token.text.slice(token.colon + 1) || '*'}`
  }
  return { attributes, text: words.join(' ') }
}

const needsQuotes = (text: string): boolean => text === '' || /[\s":\\]/.test(text)
const quote = (text: string): string => (needsQuotes(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text)

/** The same query as text; `parseQuery` reads it back. */
export function printQuery({ attributes, text }: TypedQuery): string {
  const terms = Object.entries(attributes).map(([key, value]) => {
    const excludes = value.startsWith('!')
    const wanted = excludes ? value.slice(1) : value
    return `${excludes ? '-' : ''}${quote(key)}:${wanted === '*' ? '*' : quote(wanted)}`
  })
  const words = text
    .split(' ')
    .filter((w) => w !== '')
    .map((w) => (/[:"\\]/.test(w) ? quote(w) : w))
  return [...terms, ...words].join(' ')
}

/** What is being typed at the end: the start of a key, or of a value of a key. */
export function atCursor(before: string): { key?: string; typed: string; excludes: boolean } {
  const start = Math.max(before.lastIndexOf(' '), before.lastIndexOf('\n')) + 1
  const word = before.slice(start)
  const excludes = word.startsWith('-')
  const plain = excludes ? word.slice(1) : word
  const colon = plain.indexOf(':')
  return colon > 0
    ? { key: plain.slice(0, colon).replaceAll('"', ''), typed: plain.slice(colon + 1), excludes }
    : { typed: plain, excludes }
}

export const quoteValue = (value: string): string => quote(value)

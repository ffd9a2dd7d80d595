// The small part of ICU MessageFormat that the catalogue uses: {name}, {n, number}, {n, plural, one {..} other {..}},
// {x, select, a {..} other {..}}, `#` inside a plural. Messages are parsed once and kept.

export type MessageValues = Readonly<Record<string, string | number>>

type Part =
  | { kind: 'text'; text: string }
  | { kind: 'hash' }
  | { kind: 'value'; name: string; number: boolean }
  | { kind: 'choice'; name: string; plural: boolean; branches: ReadonlyMap<string, readonly Part[]> }

const parsed = new Map<string, readonly Part[]>()
const pluralRules = new Map<string, Intl.PluralRules>()
const numberFormats = new Map<string, Intl.NumberFormat>()

function rulesOf(language: string): Intl.PluralRules {
  let rules = pluralRules.get(language)
  if (!rules) pluralRules.set(language, (rules = new Intl.PluralRules(language)))
  return rules
}
function numbersOf(language: string): Intl.NumberFormat {
  let format = numberFormats.get(language)
  if (!format) numberFormats.set(language, (format = new Intl.NumberFormat(language)))
  return format
}

/** @throws on an unbalanced brace or an unknown argument type: a mistake of ours, caught by the catalogue test. */
export function parseMessage(message: string): readonly Part[] {
  const known = parsed.get(message)
  if (known) return known
  let at = 0
  function parts(inside: boolean, plural: boolean): Part[] {
    const out: Part[] = []
    let text = ''
    const flush = (): void => {
      if (text !== '') out.push({ kind: 'text', text })
      text = ''
    }
    while (at < message.length) {
      const c = message[at] as string
      if (c === '}') {
        if (!inside) throw new Error(`unbalanced } in ${JSON.stringify(message)}`)
        break
      }
      at++
      if (c === '{') {
        flush()
        out.push(argument(plural))
      } else if (c === '#' && plural) {
        flush()
        out.push({ kind: 'hash' })
      } else text += c
    }
    flush()
    return out
  }
  function word(): string {
    const m = /\s*([\w.=-]+)\s*/y
    m.lastIndex = at
    const found = m.exec(message)
    if (!found) throw new Error(`a name is missing at ${at} in ${JSON.stringify(message)}`)
    at = m.lastIndex
    return found[1] as string
  }
  function expect(c: string): void {
    if (message[at] !== c) throw new Error(`expected ${c} at ${at} in ${JSON.stringify(message)}`)
    at++
  }
  function argument(outerPlural: boolean): Part {
    const name = word()
    if (message[at] === '}') {
      at++
      return { kind: 'value', name, number: false }
    }
    expect(',')
    const type = word()
    if (type === 'number') {
      expect('}')
      return { kind: 'value', name, number: true }
    }
    if (type !== 'plural' && type !== 'select') throw new Error(`unknown type ${type} in ${JSON.stringify(message)}`)
    expect(',')
    const branches = new Map<string, readonly Part[]>()
    while (message[at] !== '}') {
      const key = word()
      expect('{')
      branches.set(key, parts(true, type === 'plural' || outerPlural))
      expect('}')
      while (message[at] === ' ' || message[at] === '\n') at++
      if (at >= message.length) throw new Error(`unbalanced { in ${JSON.stringify(message)}`)
    }
    at++
    if (!branches.has('other')) throw new Error(`no "other" in ${JSON.stringify(message)}`)
    return { kind: 'choice', name, plural: type === 'plural', branches }
  }
  const result = parts(false, false)
  parsed.set(message, result)
  return result
}

function render(parts: readonly Part[], values: MessageValues, language: string, hash: number | undefined): string {
  let out = ''
  for (const part of parts) {
    if (part.kind === 'text') out += part.text
    else if (part.kind === 'hash') out += numbersOf(language).format(hash ?? 0)
    else if (part.kind === 'value') {
      const value = values[part.name]
      if (value === undefined) out += `{${part.name}}`
      else out += part.number || typeof value === 'number' ? numbersOf(language).format(Number(value)) : value
    } else {
      const value = values[part.name] ?? ''
      const exact = part.branches.get(part.plural ? `=${value}` : String(value))
      const chosen =
        exact ??
        (part.plural ? part.branches.get(rulesOf(language).select(Number(value))) : undefined) ??
        part.branches.get('other')
      out += render(chosen ?? [], values, language, part.plural ? Number(value) : hash)
    }
  }
  return out
}

export function formatMessage(message: string, values: MessageValues | undefined, language: string): string {
  if (!message.includes('{')) return message
  return render(parseMessage(message), values ?? {}, language, undefined)
}

/** Names of the arguments of a message, for the parity test. */
export function messageArguments(message: string): Set<string> {
  const names = new Set<string>()
  const walk = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (part.kind === 'value' || part.kind === 'choice') names.add(part.name)
      if (part.kind === 'choice') for (const branch of part.branches.values()) walk(branch)
    }
  }
  walk(parseMessage(message))
  return names
}

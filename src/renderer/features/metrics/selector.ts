// Selectors as PromQL writes them: a name or label of other letters stands as a text, the name then within the braces.

const PLAIN = /^[a-zA-Z_:][\w:]*$/

export const labelText = (name: string): string => (PLAIN.test(name) ? name : JSON.stringify(name))

export interface Condition {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** @param metric '' = by its labels alone */
export function selectorText(metric: string, conditions: readonly Condition[]): string {
  const plain = metric === '' || PLAIN.test(metric)
  const inside = [
    ...(plain ? [] : [JSON.stringify(metric)]),
    ...conditions.map(({ name, op, value }) => `${labelText(name)}${op}${JSON.stringify(value)}`),
  ].join(', ')
  return `${plain ? metric : ''}${inside === '' ? '' : `{${inside}}`}`
}

/** Of the series that have these labels. */
export const selectorOf = (metric: string, labels: Readonly<Record<string, string>> = {}): string =>
  selectorText(
    metric,
    Object.entries(labels).map(([name, value]) => ({ name, op: '=', value })),
  )

// A label set: sorted pairs with a canonical key, the identity of a series. Immutable.

export const METRIC_NAME = '__name__'
/** Labels that say what a metric is rather than whose it is: functions drop them together with the name. */
const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__'])

export class Labels {
  readonly names: readonly string[]
  readonly values: readonly string[]
  #key: string | undefined

  private constructor(names: readonly string[], values: readonly string[]) {
    this.names = names
    this.values = values
  }

  static readonly empty = new Labels([], [])

  /** Pairs in any order; a label with an empty value is no label; the last of equal names wins. */
  static of(pairs: Iterable<readonly [string, string]>): Labels {
    const map = new Map<string, string>()
    for (const [name, value] of pairs) map.set(name, value)
    const names: string[] = []
    for (const [name, value] of map) if (value !== '') names.push(name)
    names.sort(compareText)
    return new Labels(
      names,
      names.map((name) => map.get(name) as string),
    )
  }

  get key(): string {
    if (this.#key === undefined) {
      let key = ''
      for (let i = 0; i < this.names.length; i++) key += `${this.names[i]}\u0001${this.values[i]}\u0002`
      this.#key = key
    }
    return this.#key
  }

  /** '' when the label is absent */
  get(name: string): string {
    const at = this.names.indexOf(name)
    return at < 0 ? '' : (this.values[at] as string)
  }

  get metricName(): string {
    return this.get(METRIC_NAME)
  }

  filter(keep: (name: string) => boolean): Labels {
    const names: string[] = []
    const values: string[] = []
    for (let i = 0; i < this.names.length; i++) {
      if (!keep(this.names[i] as string)) continue
      names.push(this.names[i] as string)
      values.push(this.values[i] as string)
    }
    return names.length === this.names.length ? this : new Labels(names, values)
  }

  without(dropped: readonly string[]): Labels {
    return this.filter((name) => !dropped.includes(name))
  }

  keep(kept: readonly string[]): Labels {
    return this.filter((name) => kept.includes(name))
  }

  /** Sets labels; an empty value removes. */
  with(changes: Iterable<readonly [string, string]>): Labels {
    return Labels.of([...this.entries(), ...changes])
  }

  withoutName(): Labels {
    return this.filter((name) => !METADATA.has(name))
  }

  *entries(): IterableIterator<readonly [string, string]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i] as string, this.values[i] as string]
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.entries())
  }

  /** As Prometheus prints it: `{a="b", c="d"}`, the name inside. */
  toString(): string {
    const parts = [...this.entries()].map(([name, value]) => `${printName(name)}=${JSON.stringify(value)}`)
    return `{${parts.join(', ')}}`
  }
}

/** Order of label sets as Prometheus sorts results: pair by pair, the shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  const n = Math.min(a.names.length, b.names.length)
  for (let i = 0; i < n; i++) {
    const byName = compareText(a.names[i] as string, b.names[i] as string)
    if (byName !== 0) return byName
    const byValue = compareText(a.values[i] as string, b.values[i] as string)
    if (byValue !== 0) return byValue
  }
  return a.names.length - b.names.length
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function printName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)
}

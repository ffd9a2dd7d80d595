// Short names for the lines of a picture: what differs between them.

import { SOURCE_LABEL } from './ask.ts'
import type { Labels } from '../../shared/promql/index.ts'

/**
 * The fewest labels that tell all series from each other; the metric's name (or the query) where nothing differs. A
 * value that is no bare number stands without its key where no two lines would be called the same.
 * @param nameOf a source as people call it
 */
export function shortLabels(all: readonly Labels[], query: string, nameOf = (source: string) => source): string[] {
  const names = new Set(all.flatMap((labels) => labels.names))
  const differing = [...names].filter((name) => all.some((labels) => labels.get(name) !== all[0]?.get(name)))
  const telling = fewest(all, differing)
  const sources = namesOfSources(all, nameOf)
  const called = (isShort: boolean): string[] =>
    all.map((labels) => {
      const parts = telling.map((name) => [name, labels.get(name)] as const).filter(([, value]) => value !== '')
      if (parts.length === 0) return labels.metricName || query
      const bare = telling.length === 1
      return parts
        .map(([name, value]) =>
          name === SOURCE_LABEL
            ? (sources.get(value) ?? value)
            : bare || name === '__name__' || (isShort && !/^[\d.+-]*(Inf)?$/.test(value))
              ? value
              : `${name}=${value}`,
        )
        .join(' ')
    })
  const short = called(true)
  return new Set(short).size === short.length ? short : called(false)
}

/** What each source is called beside the others; two of one name keep their ids, which differ. */
function namesOfSources(all: readonly Labels[], nameOf: (source: string) => string): ReadonlyMap<string, string> {
  const ids = [...new Set(all.map((labels) => labels.get(SOURCE_LABEL)))].filter((id) => id !== '')
  const times = Map.groupBy(ids, nameOf)
  return new Map(ids.map((id) => [id, times.get(nameOf(id))?.length === 1 ? nameOf(id) : id]))
}

/**
 * Without the labels that tell nothing the others do not; the metric's name and the first ones stay longest, whose
 * series it is stays always, and no line is left without a word.
 */
function fewest(all: readonly Labels[], differing: readonly string[]): readonly string[] {
  const own = differing.filter((name) => name !== SOURCE_LABEL)
  const kinds = (names: readonly string[]): number =>
    new Set(all.map((labels) => JSON.stringify(names.map((name) => labels.get(name))))).size
  const silent = (names: readonly string[]): number =>
    all.filter((labels) => names.every((name) => labels.get(name) === '')).length
  const [wanted, wordless] = [kinds(own), silent(own)]
  let kept = [...own].sort((a, b) => Number(b === '__name__') - Number(a === '__name__'))
  for (const name of kept.toReversed()) {
    const without = kept.filter((other) => other !== name)
    if (without.length > 0 && kinds(without) === wanted && silent(without) === wordless) kept = without
  }
  return differing.includes(SOURCE_LABEL) ? [...kept, SOURCE_LABEL] : kept
}

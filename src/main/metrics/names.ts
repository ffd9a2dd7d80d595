// Short names for the lines of a picture: what differs between them.

import type { Labels } from '../../shared/promql/index.ts'

/** The labels that not all series share, as `a, b`; the metric's name (or the query) where nothing differs. */
export function shortLabels(all: readonly Labels[], query: string): string[] {
  const names = new Set(all.flatMap((labels) => labels.names))
  const differing = [...names].filter((name) => all.some((labels) => labels.get(name) !== all[0]?.get(name)))
  return all.map((labels) => {
    if (differing.length === 0) return labels.metricName || query
    const parts = differing.map((name) => [name, labels.get(name)] as const).filter(([, value]) => value !== '')
    return parts.length === 1
      ? (parts[0]?.[1] as string)
      : parts.length === 0
        ? labels.metricName || query
        : parts.map(([name, value]) => (name === '__name__' ? value : `${name}=${value}`)).join(' ')
  })
}

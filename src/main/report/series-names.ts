// Names of the lines of one picture: what tells them apart, not what they share.

import { METRIC_NAME } from '../../shared/promql/index.ts'

/** One name per series; '' where a series has neither name nor labels. */
export function seriesNames(metrics: ReadonlyArray<Readonly<Record<string, string>>>): string[] {
  const keys = [...new Set(metrics.flatMap(Object.keys))].filter((key) => key !== METRIC_NAME).sort()
  const differing = keys.filter((key) => new Set(metrics.map((metric) => metric[key])).size > 1)
  const named = new Set(metrics.map((metric) => metric[METRIC_NAME])).size > 1
  return metrics.map((metric) => {
    const name = metric[METRIC_NAME] ?? ''
    // one line alone is told by all it has
    const shown = metrics.length === 1 ? keys : differing
    const labels = shown.filter((key) => metric[key] !== undefined && metric[key] !== '')
    if (labels.length === 0) return name
    // a bare number says nothing without its label
    const text = labels
      .map((key) => (/^[\d.+-]+$/.test(metric[key] as string) ? `${key}=${metric[key]}` : metric[key]))
      .join(' ')
    return named || metrics.length === 1 ? `${name} ${text}`.trim() : text
  })
}

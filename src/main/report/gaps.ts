// What was not seen, told once: gaps with one reason stand together, however many sources or stretches of time they are.

import type { Completeness } from '../../shared/domain/completeness.ts'
import type { Block } from './blocks.ts'
import type { Words } from './words.ts'

type Gap = Completeness['missing'][number]

const MOST = 6

/** @param nameOf a source as people call it */
export function gapBlocks(
  missing: readonly Gap[],
  { words, time, nameOf }: { words: Words; time(at: string): string; nameOf(source: string): string },
): Block[] {
  const warning = (text: string): Block => ({ kind: 'line', tone: 'warning', text })
  const groups = [...Map.groupBy(missing, (gap) => gap.reason)].map(([reason, gaps]) => {
    const sources = [...new Set(gaps.map((gap) => nameOf(gap.source)))]
    const stretches = new Set(gaps.map((gap) => `${gap.from} ${gap.to}`)).size
    const from = gaps.map((gap) => gap.from).toSorted()[0] ?? ''
    const to =
      gaps
        .map((gap) => gap.to)
        .toSorted()
        .at(-1) ?? ''
    return { reason, sources: sources.join(words.comma), stretches, from, to }
  })
  const told = groups
    .slice(0, MOST)
    .map(({ reason, sources, stretches, from, to }) =>
      warning(words.missing(sources, time(from), time(to), reason, stretches)),
    )
  return groups.length > MOST ? [...told, warning(words.moreGaps(groups.length - MOST))] : told
}

// What an object says about itself ("0/1 ready, 11 restarts, on n1"), in the language of the page. The engine writes
// English words around numbers and names (src/main/clusters/state.ts); what Kubernetes itself said stays as it is.

import type { MessageKey, Translate } from '../../i18n/index.ts'

const PARTS: ReadonlyArray<readonly [RegExp, MessageKey]> = [
  [/^(\d+)\/(\d+) ready$/, 'clusters.part.ready'],
  [/^(\d+) restarts$/, 'clusters.part.restarts'],
  [/^exit (\d+)$/, 'clusters.part.exit'],
  [/^last exit (\d+)$/, 'clusters.part.lastExit'],
  [/^on ([a-z0-9.-]+)$/, 'clusters.part.on'],
  [/^last run (\d{4}-\S+)$/, 'clusters.part.lastRun'],
  [/^(\d+) keys$/, 'clusters.part.keys'],
  [/^(\d+) key$/, 'clusters.part.key'],
  [/^(\d+) updated$/, 'clusters.part.updated'],
  [/^paused$/, 'clusters.part.paused'],
  [/^cordoned$/, 'clusters.part.cordoned'],
  [/^(\d+) active$/, 'clusters.part.active'],
  [/^(\d+) succeeded$/, 'clusters.part.succeeded'],
  [/^(\d+) failed$/, 'clusters.part.failed'],
  [/^(\d+) of (\d+)-(\d+)$/, 'clusters.part.replicas'],
  [/^wants (\d+)$/, 'clusters.part.wants'],
]

export function detailInWords(detail: string, t: Translate): string {
  let words = ''
  let before: string | undefined
  for (const part of detail.split(', ')) {
    const said = partInWords(part, t)
    // a comma within what Kubernetes said is its own
    if (words !== '') words += before === undefined && said === undefined ? ', ' : t('clusters.part.and')
    words += said ?? part
    before = said
  }
  return words
}

function partInWords(part: string, t: Translate): string | undefined {
  for (const [pattern, key] of PARTS) {
    const found = pattern.exec(part)
    if (found) return t(key, { a: found[1] ?? '', b: found[2] ?? '', c: found[3] ?? '' })
  }
  return undefined
}

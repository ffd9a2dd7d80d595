// Of a live source an incident file has the series that were recorded: what a question chooses beyond them is not known there,
// and is not to be taken for "there was none".

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import { boundedSelectors } from '../../shared/domain/held.ts'
import {
  type Expr,
  fixedName,
  isWithin,
  type Matcher,
  METRIC_NAME,
  parsePromQL,
  printMatchers,
  walk,
} from '../../shared/promql/index.ts'
import type { EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'

const WHOLE: Completeness = { complete: true, missing: [] }

/** @param expr what is asked for; absent: whatever there is */
export function unrecorded(
  engine: EngineContext,
  scope: Scope,
  expr?: Expr,
  range?: { readonly from: bigint; readonly to: bigint },
): Completeness {
  const missing = scope.sources.flatMap((id) => {
    const source = engine.catalog.sources.get(id)
    const selectors = source?.held?.selectors
    if (source?.held === undefined || selectors === undefined) return []
    const { from, to } = source.held
    const times = range === undefined ? { from, to } : { from: formatRfc3339(range.from), to: formatRfc3339(range.to) }
    return reasonsOf(expr, expr === undefined ? [] : matchersOf(id, selectors)).map((reason) => ({
      source: id,
      ...times,
      reason,
    }))
  })
  return missing.length === 0 ? WHOLE : { complete: false, missing }
}

function reasonsOf(expr: Expr | undefined, recorded: ReadonlyArray<readonly Matcher[]>): string[] {
  if (expr === undefined) return ['not in this file: only the metrics behind its lanes and pins were recorded']
  const reasons = new Set<string>()
  walk(expr, (node) => {
    if (node.kind === 'selector' && !recorded.some((matchers) => isWithin(node.matchers, matchers)))
      reasons.add(`not in this file: ${shown(node.matchers)} was not recorded, or not all of it`)
  })
  return [...reasons]
}

/** As people write it: `up{job="a"}`. */
function shown(matchers: readonly Matcher[]): string {
  const name = fixedName(matchers)
  if (name === undefined || !/^[a-zA-Z_:][\w:]*$/.test(name)) return printMatchers(matchers)
  const rest = matchers.filter((matcher) => matcher.name !== METRIC_NAME)
  return rest.length === 0 ? name : `${name}${printMatchers(rest)}`
}

/** What a file says that is no selector covers nothing. */
const NOTHING: readonly Matcher[] = [{ name: '', op: '=', value: '' }]

function readMatchers(selector: string): readonly Matcher[] {
  try {
    const expr = parsePromQL(selector)
    return expr.kind === 'selector' ? expr.matchers : NOTHING
  } catch (error) {
    if (error instanceof WatchdeckError) return NOTHING
    throw error
  }
}

interface Known {
  readonly selectors: readonly string[]
  readonly matchers: ReadonlyArray<readonly Matcher[]>
}

/** by source, the one that was asked last at the end: lanes of an incident ask again and again */
const known = new Map<string, Known>()
const MOST_KNOWN = 50

function matchersOf(source: string, selectors: readonly string[]): Known['matchers'] {
  const before = known.get(source)
  const isSame = before?.selectors.length === selectors.length && selectors.every((s, i) => s === before.selectors[i])
  const found = isSame ? before : { selectors, matchers: boundedSelectors(selectors).map(readMatchers) }
  known.delete(source)
  known.set(source, found)
  const [oldest] = known.keys()
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest)
  return found.matchers
}

// What pinning does: fix the question (no `now`, no "all sources"), ask it once, keep the answer within a size.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange } from '../../shared/base/time.ts'
import type { MethodInput, MethodName } from '../../shared/contract/index.ts'
import { methodSpec } from '../../shared/contract/index.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { answerToJson } from '../../shared/contract/json.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

const MAX_ROWS = 1000
const MAX_BYTES = 4_000_000

export interface Pinned {
  what: { method: string; input: Record<string, unknown> }
  answer: string
  completeness: unknown
  at: string
  lane: boolean
}

/** @throws WatchdeckError invalid_input for what is no query; limit_exceeded for an answer too large to keep */
export async function answerPin(
  engine: EngineContext,
  incident: Incident,
  what: { method: string; input: Record<string, unknown> },
  context: CallContext,
): Promise<Pinned> {
  const spec = methodSpec(what.method)
  if (spec?.kind !== 'query')
    throw new WatchdeckError('invalid_input', `${JSON.stringify(what.method)} cannot be pinned.`, {
      hint: 'Pin a query, such as logs.search or metrics.query.',
    })
  const input = fixedInput(engine, incident, what)
  const given = await engine.call(what.method as MethodName, input as MethodInput<MethodName>, context)
  const kept = withinRows(answerToJson(given))
  const answer = JSON.stringify(kept.answer)
  if (answer.length > MAX_BYTES)
    throw new WatchdeckError(
      'limit_exceeded',
      `The answer is too large to pin (${(answer.length / 1e6).toFixed(1)} MB).`,
      {
        hint: 'Narrow the range, the filter or the number of series.',
      },
    )
  return {
    what: { method: what.method, input },
    answer,
    completeness: kept.completeness,
    at: startOf(input) ?? formatRfc3339(engine.platform.clock.now()),
    lane: what.method === 'metrics.lane' || what.method === 'metrics.query',
  }
}

function fixedInput(
  engine: EngineContext,
  incident: Incident,
  what: { method: string; input: Record<string, unknown> },
): Record<string, unknown> {
  const input = { ...what.input }
  for (const name of ['range', 'compareTo']) {
    const range = input[name]
    if (!isRange(range)) continue
    const parsed = parseRange(range, engine.platform.clock.now())
    input[name] = { from: formatRfc3339(parsed.from), to: formatRfc3339(parsed.to) }
  }
  // as many points as are kept, thinned over the whole window: the first of more would be its beginning alone
  if (what.method === 'traces.scatter' && !(typeof input['limit'] === 'number' && input['limit'] <= MAX_ROWS))
    input['limit'] = MAX_ROWS
  const shape = methodSpec(what.method)?.input
  const takesSources = shape !== undefined && 'shape' in shape && Object.hasOwn(shape.shape as object, 'sources')
  if (takesSources && input['sources'] === undefined && incident.sources.length > 0) input['sources'] = incident.sources
  return input
}

function isRange(value: unknown): value is { from: string; to: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'from' in value &&
    'to' in value &&
    typeof value.from === 'string' &&
    typeof value.to === 'string'
  )
}

function startOf(input: Record<string, unknown>): string | undefined {
  return isRange(input['range']) ? input['range'].from : undefined
}

/** Keeps the first rows of a table and says in its completeness how many there were. */
function withinRows(answer: ReturnType<typeof answerToJson>): { answer: unknown; completeness: unknown } {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return { answer, completeness: null }
  const rows = answer['rows']
  const completeness = answer['completeness'] ?? null
  if (!Array.isArray(rows) || rows.length <= MAX_ROWS) return { answer, completeness }
  const cut = {
    ...(completeness as Record<string, unknown> | null),
    complete: false,
    truncated: { returned: MAX_ROWS, total: rows.length },
  }
  return { answer: { ...answer, rows: rows.slice(0, MAX_ROWS), completeness: cut }, completeness: cut }
}

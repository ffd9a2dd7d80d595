// Logs: lines, volume, fields and context over the telemetry store.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, parseRange, type TimeRange } from '../../shared/base/time.ts'
import { headOf } from '../../shared/frame/gather.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { fieldTable } from './fields.ts'
import { cut, HeldLogs, understood } from './held.ts'
import { linesOf, type LogKey } from './rows.ts'

export const logsModule: CapabilityModule<'logs'> = {
  name: 'logs',
  start: (engine) => ({
    async search({ range, query, sources, order, limit, cursor }, { signal }) {
      const question = { range: parseRange(range, engine.platform.clock.now()), query: query ?? '' }
      const held = new HeldLogs(engine.telemetry, sources)
      const page = await held.search({ ...question, order, limit, after: cursor }, { signal, view: 'logs.search' })
      const { lines: table, completeness, next } = page
      return { table, completeness, ...(next === undefined ? {} : { nextCursor: next }) }
    },

    async histogram({ range, query, sources, buckets }, { signal }) {
      const question = { range: parseRange(range, engine.platform.clock.now()), query: query ?? '', buckets }
      const asking = { signal, view: 'logs.histogram' }
      const { counts: table, completeness } = await new HeldLogs(engine.telemetry, sources).histogram(question, asking)
      return { table, completeness }
    },

    async count({ range, query, sources }, { signal }) {
      const question = { range: parseRange(range, engine.platform.clock.now()), query: query ?? '' }
      const asking = { signal, view: 'logs.count' }
      const { count, completeness } = await new HeldLogs(engine.telemetry, sources).count(question, asking)
      return { count, completeness }
    },

    async fields(input, context) {
      const asked = { range: parseRange(input.range, engine.platform.clock.now()), query: input.query ?? '' }
      const question = await understood(engine.telemetry, input.sources, asked, context.signal)
      return rankedPage('logs.fields', input, async ({ top, limit }) => {
        const found = await fieldTable({ ...question, top, limit })
        const table = headOf(found, limit)
        return { table, completeness: cut(question.scope.completeness, table.rowCount, found.rowCount > limit) }
      })
    },

    context: (input, context) => around(engine, input, context),
  }),
}

/** How far from the line is looked for its neighbours, step by step; the last step is everything. */
const HOUR_NS = 3_600_000_000_000n
const REACHES = [60_000_000_000n, HOUR_NS, 1n << 61n]

async function around(
  engine: EngineContext,
  input: { id: string; before: number; after: number; everyService: boolean },
  context: CallContext,
) {
  const m = /^(\d{1,9})-(-?\d{1,19})$/.exec(input.id)
  const nothing = () =>
    new WatchdeckError('not_found', `There is no log line ${JSON.stringify(input.id)}.`, {
      hint: 'Ids come from logs.search; a line goes when its source is removed.',
    })
  if (!m || BigInt.asIntN(64, BigInt(m[2] as string)) !== BigInt(m[2] as string)) throw nothing()
  const store = engine.telemetry
  const key = Number(m[1])
  const record = engine.catalog.sources.list().find((s) => s.key === key)
  if (!record) throw nothing()
  const scope = await store.scope([record.id])
  const [line] = await store.rows<LogKey & { service: string }>(
    `SELECT time_ns, source, id, service FROM ${scope.glance('logs')} WHERE id = ${m[2]}::BIGINT LIMIT 1`,
    [],
    { signal: context.signal },
  )
  if (!line) throw nothing()
  const params = input.everyService || line.service === '' ? [] : [line.service]
  const same = params.length > 0 ? 'service = $1' : 'true'
  const neighbours = async (order: 'asc' | 'desc', limit: number): Promise<LogKey[]> => {
    if (limit === 0) return []
    for (const reach of REACHES) {
      const range: TimeRange =
        order === 'desc'
          ? { from: asEpochNs(line.time_ns - reach), to: asEpochNs(line.time_ns + 1n) }
          : { from: asEpochNs(line.time_ns), to: asEpochNs(line.time_ns + reach) }
      const found = await readNeighbours(scope, range, order, limit)
      if (found.length === limit || reach === REACHES.at(-1)) return found
    }
    return []
  }
  const readNeighbours = (within: Scope, range: TimeRange, order: 'asc' | 'desc', limit: number) =>
    store.rows<LogKey>(
      `SELECT time_ns, source, id FROM ${within.glance('logs', range)} WHERE ${same}
       AND (time_ns, id) ${order === 'desc' ? '<' : '>'} (${line.time_ns}, ${line.id}) ORDER BY time_ns ${order}, id ${order} LIMIT ${limit}`,
      params,
      { signal: context.signal },
    )
  const earlier = await neighbours('desc', input.before)
  const later = await neighbours('asc', input.after)
  // where there are fewer than asked for, the file may end there rather than the lines
  const seen = await store.scope([record.id], undefined, { services: same === 'true' ? undefined : [line.service] })
  seen.relation('logs', {
    from: asEpochNs(line.time_ns - (earlier.length < input.before ? HOUR_NS : 0n)),
    to: asEpochNs(line.time_ns + (later.length < input.after ? HOUR_NS : 1n)),
  })
  const table = await linesOf(store, scope, [...earlier, line, ...later], 'asc', context.signal)
  return { table, completeness: seen.completeness }
}

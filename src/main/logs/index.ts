// Logs: lines, volume, fields and context over the telemetry store.

import { assertDefined } from '../../shared/base/assert.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, parseRange, type TimeRange } from '../../shared/base/time.ts'
import { col, type Completeness } from '../../shared/contract/define.ts'
import { builtInField, type LogQuery, parseLogQuery } from '../../shared/domain/log-query.ts'
import { LEVELS } from '../../shared/domain/telemetry.ts'
import { frameFromRows, type FrameRow } from '../../shared/frame/frame.ts'
import { headOf } from '../../shared/frame/gather.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { compileLogQuery, LEVEL_INDEX } from './compile.ts'
import { fieldTable } from './fields.ts'
import { Params } from './match-sql.ts'
import { needOf } from './need.ts'
import { linesOf, type LogKey } from './rows.ts'
import { cursorOf, parseCursor, searchPage } from './search.ts'

interface Question {
  readonly range: { readonly from: string; readonly to: string }
  readonly query?: string | undefined
  readonly sources?: string[] | undefined
}

async function understood(engine: EngineContext, input: Question, context: CallContext) {
  const range = parseRange(input.range, engine.platform.clock.now())
  const query = parseLogQuery(input.query ?? '')
  const scope = await engine.telemetry.scope(input.sources, range, { services: servicesOf(query) })
  const params = new Params()
  const condition = await compileLogQuery(query, engine.telemetry, scope, params, context.signal)
  // a page stops early: the question is about the whole range
  scope.relation('logs', range)
  const rows = await engine.telemetry.narrowLogs(scope, needOf(query), { signal: context.signal })
  const lines = (within: TimeRange) => scope.relation('logs', within, rows)
  const share = rows?.share ?? 1
  return {
    store: engine.telemetry,
    range,
    scope,
    lines,
    share,
    condition,
    params: params.values,
    signal: context.signal,
  }
}

/** The services that lines must be of to match; undefined where a query does not say. */
function servicesOf(query: LogQuery): string[] | undefined {
  for (const term of query.kind === 'and' ? query.items : [query])
    if (term.kind === 'field' && builtInField(term.field) === 'service' && term.match.kind === 'plain')
      return [term.match.text]
  return undefined
}

const cut = (completeness: Completeness, returned: number, more: boolean): Completeness =>
  more ? { ...completeness, truncated: { returned } } : completeness

export const logsModule: CapabilityModule<'logs'> = {
  name: 'logs',
  start: (engine) => ({
    async search(input, context) {
      const after = parseCursor(input.cursor)
      const question = await understood(engine, input, context)
      const { keys, more } = await searchPage({ ...question, order: input.order, limit: input.limit, after })
      const table = await linesOf(engine.telemetry, question.scope, keys, input.order, context.signal)
      const last = keys.at(-1)
      return {
        table,
        completeness: cut(question.scope.completeness, keys.length, more),
        ...(more && last ? { nextCursor: cursorOf(last) } : {}),
      }
    },

    async histogram(input, context) {
      const { store, range, scope, lines, condition, params, signal } = await understood(engine, input, context)
      const span = range.to - range.from
      const width = (span + BigInt(input.buckets) - 1n) / BigInt(input.buckets)
      const found = await store.rows<{ bucket: bigint; level: number; n: bigint }>(
        `SELECT ((time_ns - (${range.from})) // ${width})::BIGINT AS bucket, ${LEVEL_INDEX}::INTEGER AS level, count(*) AS n
         FROM ${lines(range)} WHERE ${condition} GROUP BY ALL`,
        params,
        { signal },
      )
      const counts = new Map(found.map((row) => [`${row.bucket}/${row.level}`, row.n]))
      const levels = LEVELS.map((_, i) => i).filter((i) => found.some((row) => row.level === i))
      if (levels.length === 0) levels.push(0)
      const rows: FrameRow[] = []
      for (let bucket = 0n; bucket * width < span; bucket++)
        for (const level of levels)
          rows.push({
            time: range.from + bucket * width,
            level: LEVELS[level] as string,
            count: counts.get(`${bucket}/${level}`) ?? 0n,
          })
      return {
        table: frameFromRows([col('time', 'time'), col('level', 'string'), col('count', 'int')], rows),
        completeness: scope.completeness,
      }
    },

    async count(input, context) {
      const { store, range, scope, lines, condition, params, signal } = await understood(engine, input, context)
      const [row] = await store.rows<{ n: bigint }>(
        `SELECT count(*) AS n FROM ${lines(range)} WHERE ${condition}`,
        params,
        { signal },
      )
      return { count: Number(assertDefined(row, 'count answers with a row').n), completeness: scope.completeness }
    },

    async fields(input, context) {
      const question = await understood(engine, input, context)
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

// Logs that are held here, whoever they came from: stored, in an opened incident file, of a demo.

import { assertDefined } from '../../shared/base/assert.ts'
import { col, type Completeness } from '../../shared/contract/define.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { LogQuestion, LogSource } from '../../shared/domain/record-sources.ts'
import { builtInField, type LogQuery, parseLogQuery } from '../../shared/domain/log-query.ts'
import { LEVELS } from '../../shared/domain/telemetry.ts'
import { frameFromRows, type FrameRow } from '../../shared/frame/frame.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { compileLogQuery, LEVEL_INDEX } from './compile.ts'
import { Params } from './match-sql.ts'
import { needOf } from './need.ts'
import { linesOf } from './rows.ts'
import { cursorOf, parseCursor, searchPage } from './search.ts'

/** A question as the store is asked it. @throws WatchdeckError `invalid_input` for a query that cannot be read */
export async function understood(
  store: TelemetryStore,
  sources: readonly string[] | undefined,
  question: LogQuestion,
  signal: AbortSignal,
) {
  const { range } = question
  const query = parseLogQuery(question.query)
  const scope = await store.scope(sources, range, { services: servicesOf(query) })
  const params = new Params()
  const condition = await compileLogQuery(query, store, scope, params, signal)
  // a page stops early: the question is about the whole range
  scope.relation('logs', range)
  const rows = await store.narrowLogs(scope, needOf(query), { signal })
  const lines = (within: TimeRange) => scope.relation('logs', within, rows)
  const share = rows?.share ?? 1
  return { store, range, scope, lines, share, condition, params: params.values, signal }
}

/** The services that lines must be of to match; undefined where a query does not say. */
function servicesOf(query: LogQuery): string[] | undefined {
  for (const term of query.kind === 'and' ? query.items : [query])
    if (term.kind === 'field' && builtInField(term.field) === 'service' && term.match.kind === 'plain')
      return [term.match.text]
  return undefined
}

export const cut = (completeness: Completeness, returned: number, more: boolean): Completeness =>
  more ? { ...completeness, truncated: { returned } } : completeness

const QUIET = { warnings: [], infos: [] }

export class HeldLogs implements LogSource {
  readonly #store: TelemetryStore
  readonly #sources: readonly string[] | undefined

  constructor(store: TelemetryStore, sources: readonly string[] | undefined) {
    this.#store = store
    this.#sources = sources
  }

  async search(
    asked: LogQuestion & { order: 'desc' | 'asc'; limit: number; after?: string | undefined },
    { signal }: Asking,
  ) {
    const { order, limit } = asked
    const after = parseCursor(asked.after)
    const question = await understood(this.#store, this.#sources, asked, signal)
    const { keys, more } = await searchPage({ ...question, order, limit, after })
    const lines = await linesOf(this.#store, question.scope, keys, order, signal)
    const last = keys.at(-1)
    const completeness = cut(question.scope.completeness, keys.length, more)
    return { ...QUIET, lines, completeness, next: more && last ? cursorOf(last) : undefined }
  }

  async histogram(asked: LogQuestion & { buckets: number }, { signal }: Asking) {
    const { store, range, scope, lines, condition, params } = await understood(
      this.#store,
      this.#sources,
      asked,
      signal,
    )
    const span = range.to - range.from
    const width = (span + BigInt(asked.buckets) - 1n) / BigInt(asked.buckets)
    const found = await store.rows<{ bucket: bigint; level: number; n: bigint }>(
      `SELECT ((time_ns - (${range.from})) // ${width})::BIGINT AS bucket, ${LEVEL_INDEX}::INTEGER AS level, count(*) AS n
         FROM ${lines(range)} WHERE ${condition} GROUP BY ALL`,
      params,
      { signal },
    )
    const counted = new Map(found.map((row) => [`${row.bucket}/${row.level}`, row.n]))
    const levels = LEVELS.map((_, i) => i).filter((i) => found.some((row) => row.level === i))
    if (levels.length === 0) levels.push(0)
    const rows: FrameRow[] = []
    for (let bucket = 0n; bucket * width < span; bucket++)
      for (const level of levels)
        rows.push({
          time: range.from + bucket * width,
          level: LEVELS[level] as string,
          count: counted.get(`${bucket}/${level}`) ?? 0n,
        })
    const counts = frameFromRows([col('time', 'time'), col('level', 'string'), col('count', 'int')], rows)
    return { ...QUIET, counts, completeness: scope.completeness }
  }

  async count(asked: LogQuestion, { signal }: Asking) {
    const { store, range, scope, lines, condition, params } = await understood(
      this.#store,
      this.#sources,
      asked,
      signal,
    )
    const [row] = await store.rows<{ n: bigint }>(
      `SELECT count(*) AS n FROM ${lines(range)} WHERE ${condition}`,
      params,
      { signal },
    )
    const count = Number(assertDefined(row, 'count answers with a row').n)
    return { ...QUIET, count, completeness: scope.completeness }
  }
}

// Jaeger as a source of traces.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asEpochNs, type TimeRange } from '../../../shared/base/time.ts'
import type {
  Asking,
  FoundTraces,
  ServiceCalls,
  ServiceMeasure,
  Told,
  TraceQuestion,
  TraceSource,
  TraceSummary,
} from '../../../shared/domain/live-source.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { toldOf, WHOLE } from '../common/spans.ts'
import type { JaegerClient } from './client.ts'
import { field, isNeedsService, listOf } from './envelope.ts'

/** Whole traces come with a search: a page of two hundred is a few megabytes. */
const PAGE = 200
/** Searches that one question is split into where the storage wants a service. */
const MAX_SERVICES = 200
/**
 * Tags by which a storage means something else than an attribute of that name: whether a span failed (the memory storage of 2.13
 * takes `true` for its opposite), its kind, or whose attribute it is.
 */
const MEANT_OTHERWISE = /^(error$|(span|scope|resource|event|link)\.)/
/** A time that is meant roughly, and a trace that goes on past it. */
const DAY = 86_400_000_000_000n
const HOUR = 3_600_000_000_000n

export class JaegerSource implements TraceSource {
  readonly #client: JaegerClient
  #page: number
  /** undefined until a search without a service brought something, or was refused */
  #wantsService: boolean | undefined
  #hasSummaries = false

  constructor(client: JaegerClient) {
    this.#client = client
    this.#page = Math.min(PAGE, client.http.spec.limits.traces)
  }

  get limits() {
    return { traces: this.#client.http.spec.limits.traces, page: this.#page }
  }

  /** Known after the first search that named no service. */
  get wantsService(): boolean | undefined {
    return this.#wantsService
  }

  async services(asking: Asking): Promise<Told & { services: readonly string[] }> {
    return { ...WHOLE, services: (await this.#client.services(asking)).sort() }
  }

  async operations(service: string, asking: Asking): Promise<Told & { operations: readonly string[] }> {
    return { ...WHOLE, operations: (await this.#client.operations(service, asking)).sort() }
  }

  get listsTraces(): boolean {
    return this.#hasSummaries
  }

  /**
   * What its probe found.
   * @param searchesAll whether a search needs no service; undefined where the server does not say
   */
  found({ summaries, searchesAll }: { summaries: boolean; searchesAll: boolean | undefined }): void {
    this.#hasSummaries = summaries
    if (searchesAll !== undefined) this.#wantsService = !searchesAll
  }

  async search(asked: TraceQuestion, asking: Asking): Promise<FoundTraces> {
    const range = tellable(asked.range)
    if (range === undefined) return { ...WHOLE, spans: [], full: false }
    const question = { ...asked, range }
    if (question.service !== undefined) return await this.#searchOne(question, asking)
    if (this.#wantsService !== true) {
      try {
        const answer = await this.#searchOne(question, asking)
        if (tracesOf(answer) > 0) this.#wantsService = false
        // Cassandra answered nothing at all without a service before it said so: nothing is believed once it was otherwise
        if (this.#wantsService === false) return answer
      } catch (error) {
        if (!isNeedsService(error)) throw error
        this.#wantsService = true
      }
    }
    const by = await this.#searchEach(question, asking)
    if (tracesOf(by) > 0 && this.#wantsService === undefined) this.#wantsService = true
    return by
  }

  async #searchEach(question: TraceQuestion, asking: Asking): Promise<FoundTraces> {
    const services = await this.#client.services(asking)
    if (services.length > MAX_SERVICES)
      throw new WatchdeckError(
        'limit_exceeded',
        `This Jaeger searches by service only, and has ${services.length} services.`,
        { hint: 'Name a service.' },
      )
    const spans: SpanRow[] = []
    const summaries: TraceSummary[] = []
    const seen = new Set<string>()
    const warnings = new Set<string>()
    let full = false
    for (const service of services) {
      const answer = await this.#searchOne({ ...question, service }, asking)
      // a trace comes whole with each of its services
      const isFresh = ({ traceId }: { traceId: string }) => !seen.has(traceId)
      const fresh = { spans: answer.spans.filter(isFresh), summaries: (answer.summaries ?? []).filter(isFresh) }
      for (const { traceId } of [...fresh.spans, ...fresh.summaries]) seen.add(traceId)
      spans.push(...fresh.spans)
      summaries.push(...fresh.summaries)
      for (const warning of answer.warnings) warnings.add(warning)
      full ||= answer.full
    }
    return { ...toldOf([...warnings]), spans, summaries, full }
  }

  async #searchOne(question: TraceQuestion, asking: Asking): Promise<FoundTraces> {
    const listed = question.listOnly && this.#hasSummaries ? await this.#list(question, asking) : 'unlisted'
    if (typeof listed === 'object') return listed
    const { found, limit } = await this.#toDepth(question, (pushed) => this.#client.search(pushed, asking))
    // an older server stands there now; a page of something in between would have come for spans as well
    if (listed === 'absent') this.#hasSummaries = false
    const answer = { ...toldOf(found.warnings), spans: found.spans }
    return { ...answer, full: tracesOf(answer) >= limit }
  }

  /** Where no list can be made of what is told of traces, or there is no such path any more, the spans are asked for instead. */
  async #list(question: TraceQuestion, asking: Asking): Promise<FoundTraces | 'unlisted' | 'absent'> {
    try {
      const { found, limit } = await this.#toDepth(question, (pushed) => this.#client.summaries(pushed, asking))
      return found === undefined ? 'unlisted' : { ...WHOLE, spans: [], summaries: found, full: found.length >= limit }
    } catch (error) {
      if (error instanceof WatchdeckError && error.code === 'not_found') return 'absent'
      throw error
    }
  }

  /** Asks for as many traces as the storage lets one ask for, narrowed by what every storage understands alike. */
  async #toDepth<T>(
    { failed: _failed, attributes = {}, ...rest }: TraceQuestion,
    ask: (pushed: TraceQuestion) => Promise<T>,
  ) {
    const tags = Object.entries(attributes).filter(([key]) => !MEANT_OTHERWISE.test(key))
    const question = tags.length === 0 ? rest : { ...rest, attributes: Object.fromEntries(tags) }
    for (;;) {
      const limit = Math.min(question.limit, this.#page)
      try {
        return { found: await ask({ ...question, limit }), limit }
      } catch (error) {
        const tooDeep = error instanceof WatchdeckError && error.details?.['depth'] === true && limit > 1
        if (!tooDeep) throw error
        this.#page = Math.floor(limit / 2)
      }
    }
  }

  /**
   * With a time, storages with an index a day look through a few of them instead of all (protocols: Jaeger 9). What is not
   * there, and what may go on beyond it, is asked for without.
   */
  async get(
    traceId: string,
    around: TimeRange | undefined,
    asking: Asking,
  ): Promise<Told & { spans: readonly SpanRow[] }> {
    if (around) {
      const near = tellable({ from: asEpochNs(around.from - DAY), to: asEpochNs(around.to + DAY) })
      if (near === undefined) return await this.#byId(traceId, undefined, asking)
      const read = await this.#byId(traceId, near, asking)
      const whole = read.spans.every(
        ({ start, durationNs }) => start - HOUR > near.from && start + durationNs + HOUR < near.to,
      )
      if (read.spans.length > 0 && whole) return read
    }
    return await this.#byId(traceId, undefined, asking)
  }

  async #byId(
    traceId: string,
    around: TimeRange | undefined,
    asking: Asking,
  ): Promise<Told & { spans: readonly SpanRow[] }> {
    const read = await this.#client.trace(traceId, around, asking)
    if (read.spans.length > 0 || !traceId.startsWith('0'.repeat(16)))
      return { ...toldOf(read.warnings), spans: read.spans }
    // a 64-bit id that others pad (protocols: Jaeger 6)
    const short = await this.#client.trace(traceId.slice(16), around, asking)
    return { ...toldOf(short.warnings), spans: short.spans }
  }

  async dependencies(range: TimeRange, asking: Asking): Promise<Told & { calls: readonly ServiceCalls[] }> {
    const links = await this.#client.dependencies(range, asking)
    const calls = links.flatMap((link): ServiceCalls[] => {
      const [parent, child, count] = [field(link, 'parent'), field(link, 'child'), field(link, 'callCount')]
      if (typeof parent !== 'string' || typeof child !== 'string') return []
      return [{ parent, child, calls: Number(count ?? 0), errors: undefined }]
    })
    return { ...WHOLE, calls }
  }

  async measures(
    question: { services: readonly string[]; range: TimeRange; stepNs: bigint },
    asking: Asking,
  ): Promise<Told & { measures: readonly ServiceMeasure[] | undefined }> {
    if (question.services.length === 0) return { ...WHOLE, measures: [] }
    const calls = await this.#client.metrics('calls', question, asking)
    if (calls === undefined) return { ...WHOLE, measures: undefined }
    const [errors, p50, p95, p99] = await Promise.all([
      this.#client.metrics('errors', question, asking),
      ...[0.5, 0.95, 0.99].map((quantile) => this.#client.metrics('latencies', { ...question, quantile }, asking)),
    ])
    const [errorsAt, p50At, p95At, p99At] = [errors, p50, p95, p99].map(pointsOf)
    const measures: ServiceMeasure[] = []
    for (const [key, { service, time, value }] of pointsOf(calls)) {
      // latencies are in milliseconds, errors are shares of the requests
      const ms = (points: ReadonlyMap<string, Point> | undefined) => {
        const found = points?.get(key)?.value
        return found === undefined ? undefined : Math.round(found * 1e6)
      }
      measures.push({
        service,
        time,
        ratePerSecond: value,
        errorRatio: value > 0 ? (errorsAt?.get(key)?.value ?? 0) : undefined,
        p50Ns: ms(p50At),
        p95Ns: ms(p95At),
        p99Ns: ms(p99At),
      })
    }
    return { ...WHOLE, measures }
  }
}

function tracesOf({ spans, summaries = [] }: Pick<FoundTraces, 'spans' | 'summaries'>): number {
  return new Set([...spans, ...summaries].map(({ traceId }) => traceId)).size
}

/** Spans have times from 1970 to 2262, and Go refuses years of more or fewer than four digits and takes the year 1 for none. */
const LAST = (1n << 63n) - 1n
function tellable({ from, to }: TimeRange): TimeRange | undefined {
  const range = { from: from < 0n ? asEpochNs(0n) : from, to: to > LAST ? asEpochNs(LAST) : to }
  return range.from < range.to ? range : undefined
}

interface Point {
  readonly service: string
  readonly time: bigint
  readonly value: number
}

/** `{metrics:[{labels:[{name:"service_name",value}],metricPoints:[{gaugeValue:{doubleValue},timestamp}]}]}`; NaN is no value. */
function pointsOf(answer: unknown): ReadonlyMap<string, Point> {
  const out = new Map<string, Point>()
  for (const metric of listOf(field(answer, 'metrics'))) {
    const label = listOf(field(metric, 'labels')).find((each) => field(each, 'name') === 'service_name')
    const service = field(label, 'value')
    if (typeof service !== 'string') continue
    for (const point of listOf(field(metric, 'metricPoints'))) {
      const value = Number(field(field(point, 'gaugeValue'), 'doubleValue') ?? 0)
      const at = Date.parse(String(field(point, 'timestamp')))
      if (Number.isNaN(value) || Number.isNaN(at)) continue
      out.set(`${at}/${service}`, { service, time: BigInt(at) * 1_000_000n, value })
    }
  }
  return out
}

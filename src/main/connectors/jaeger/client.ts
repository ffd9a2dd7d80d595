// The query APIs of Jaeger: v3 where it is there, the older one beside or instead of it, told apart by asking. Names of
// parameters changed within v3: camelCase later, snake_case (and num_traces, and no attributes) up to 2.13.
// https://www.jaegertracing.io/docs/latest/apis/, cmd/query/app/apiv3/http_gateway.go of the versions

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { formatRfc3339, type TimeRange } from '../../../shared/base/time.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { Asking, TraceQuestion, TraceSummary } from '../../../shared/domain/live-source.ts'
import { jaegerReader } from '../../../shared/wire/jaeger.ts'
import { otlpDocumentReader } from '../../../shared/wire/otlp/reader.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import type { Tunnel } from '../common/dispatcher.ts'
import { Failure } from '../common/failures.ts'
import { type Head, HttpSource } from '../common/http.ts'
import { readJson, readSpans, type ReadSpans } from '../common/spans.ts'
import { explain, field, listOf, messageOf, needsService } from './envelope.ts'
import { readSummaries } from './summaries.ts'

/** Which words a server understands. */
export type Dialect = 'v3' | 'v3-early' | 'legacy'

const PRODUCT = 'Jaeger'
const NOTHING: ReadSpans = { spans: [], warnings: [] }

export class JaegerClient {
  readonly http: HttpSource
  #dialect: Promise<Dialect> | undefined
  /** server minus local clock, ms; undefined until an answer said its time */
  skewMs: number | undefined

  constructor(spec: SourceSpec, services: ConnectorServices, changed: () => void, tunnel: Tunnel | undefined) {
    this.http = new HttpSource(spec, services, { explain, changed, tunnel })
  }

  /** Asked once; a server that was not there is asked again. */
  dialect(asking: Asking): Promise<Dialect> {
    this.#dialect ??= this.#findDialect({ view: asking.view, signal: new AbortController().signal }).catch(
      (error: unknown) => {
        this.#dialect = undefined
        throw error
      },
    )
    return this.#dialect
  }

  /** A search without its times is refused by a message that names them as the server does. */
  async #findDialect(asking: Asking): Promise<Dialect> {
    try {
      return await this.http.ask(
        { path: 'api/v3/traces', page: 'absent', also: [400, 404, 500] },
        asking,
        async (head, body): Promise<Dialect> => {
          this.#seen(head)
          const text = Buffer.from(await readWhole(body)).toString('utf8')
          if (/start_time_min/.test(text)) return 'v3-early'
          if (messageOf(text) !== undefined) return 'v3'
          throw new Failure(new WatchdeckError('not_found', 'The source has nothing at this path (404).'))
        },
      )
    } catch (error) {
      if (!(error instanceof WatchdeckError && error.code === 'not_found')) throw error
      // a sign-in page for every path is no older Jaeger: that one answers its own
      await this.#legacy('services', {}, asking)
      return 'legacy'
    }
  }

  async services(asking: Asking): Promise<string[]> {
    if ((await this.dialect(asking)) === 'legacy') return texts(await this.#legacy('services', {}, asking))
    return texts(field(await this.#v3('services', {}, asking), 'services'))
  }

  async operations(service: string, asking: Asking): Promise<string[]> {
    if ((await this.dialect(asking)) === 'legacy')
      return texts(await this.#legacy(`services/${encodeURIComponent(service)}/operations`, {}, asking))
    const listed = field(await this.#v3('operations', { service }, asking), 'operations')
    return [...new Set(listOf(listed).map((each) => String(field(each, 'name') ?? '')))].filter((name) => name !== '')
  }

  /** @throws WatchdeckError `invalid_input` with `details.needsService` when the storage searches by service only */
  async search(question: TraceQuestion, asking: Asking): Promise<ReadSpans> {
    const dialect = await this.dialect(asking)
    // tags are not read by early v3: the older search reads them, for a service
    const byTags = question.attributes !== undefined && Object.keys(question.attributes).length > 0
    if (dialect === 'legacy' || (dialect === 'v3-early' && byTags && question.service !== undefined))
      return await this.#searchLegacy(question, asking)
    const params = dialect === 'v3' ? v3Params(question) : earlyParams(question)
    return await this.http.ask(
      { path: 'api/v3/traces', params: this.#params(params), also: [404] },
      asking,
      (head, body) => this.#spans(head, body, otlpDocumentReader),
    )
  }

  /**
   * Traces without their spans (since 2.19; protocols: Jaeger 2). Undefined where no list can be made of what it tells: the
   * spans can say it.
   * @throws WatchdeckError `not_found` when the server has no such path
   */
  async summaries(question: TraceQuestion, asking: Asking): Promise<TraceSummary[] | undefined> {
    return await this.http.ask(
      { path: 'api/v3/trace-summaries', params: this.#params(v3Params(question)), page: 'absent', also: [404] },
      asking,
      async (head, body) => {
        this.#seen(head)
        if (head.status === 404) {
          await noMatch(body)
          return []
        }
        const read = readSummaries(await readJson(body, PRODUCT))
        head.load.samples += read?.length ?? 0
        return read
      },
    )
  }

  #searchLegacy(question: TraceQuestion, asking: Asking): Promise<ReadSpans> {
    if (question.service === undefined) throw needsService('This Jaeger searches by service only.').error
    return this.http.ask(
      { path: 'api/traces', params: this.#params(legacyParams(question)), also: [404] },
      asking,
      (head, body) => this.#spans(head, body, jaegerReader),
    )
  }

  /** @param around makes it cheaper on storages that keep an index a day */
  async trace(traceId: string, around: TimeRange | undefined, asking: Asking): Promise<ReadSpans> {
    const dialect = await this.dialect(asking)
    const early = dialect === 'v3-early'
    const times = around && { from: formatRfc3339(around.from), to: formatRfc3339(around.to) }
    const params: Record<string, string> =
      dialect === 'legacy'
        ? { raw: 'true', ...(around && { start: micros(around.from), end: micros(around.to) }) }
        : {
            [early ? 'raw_traces' : 'rawTraces']: 'true',
            ...(times && {
              [early ? 'start_time' : 'startTime']: times.from,
              [early ? 'end_time' : 'endTime']: times.to,
            }),
          }
    return await this.http.ask(
      {
        path: `${dialect === 'legacy' ? 'api' : 'api/v3'}/traces/${traceId}`,
        params: this.#params(params),
        also: [404],
      },
      asking,
      (head, body) => this.#spans(head, body, dialect === 'legacy' ? jaegerReader : otlpDocumentReader),
    )
  }

  /** Times in milliseconds, not in the microseconds of traces (protocols: Jaeger 11). */
  async dependencies(range: TimeRange, asking: Asking): Promise<unknown[]> {
    const endTs = millis(range.to)
    return listOf(await this.#legacy('dependencies', { endTs, lookback: millis(range.to - range.from) }, asking))
  }

  /** One of `calls`, `errors`, `latencies`; undefined where no metric storage is configured (501). */
  async metrics(
    what: 'calls' | 'errors' | 'latencies',
    question: { services: readonly string[]; range: TimeRange; stepNs: bigint; quantile?: number },
    asking: Asking,
  ): Promise<unknown> {
    const params = this.#params({
      endTs: millis(question.range.to),
      lookback: millis(question.range.to - question.range.from),
      step: millis(question.stepNs),
      // a rate each second over windows of one step: longer ones would smear the change that is looked for
      ratePer: millis(question.stepNs),
      ...(question.quantile === undefined ? {} : { quantile: String(question.quantile) }),
    })
    for (const service of question.services) params.append('service', service)
    for (const kind of ['server', 'consumer']) params.append('spanKind', kind)
    return await this.http.ask({ path: `api/metrics/${what}`, params, also: [501] }, asking, async (head, body) => {
      this.#seen(head)
      if (head.status === 501) return undefined
      return await readJson(body, PRODUCT)
    })
  }

  /** What the page of the user interface names: the version ('' where there is none), and since 2.21 whether a search needs no service. */
  async about(asking: Asking): Promise<{ version: string; searchesAll: boolean | undefined }> {
    try {
      return await this.http.ask({ path: '', page: 'read', accept: 'text/html' }, asking, async (_head, body) => {
        const page = Buffer.from(await readWhole(body)).toString('utf8')
        const version = /JAEGER_VERSION\s*=\s*\{[^}]*"gitVersion"\s*:\s*"v?([^"]{1,60})"/.exec(page)?.[1] ?? ''
        const without = /JAEGER_BACKEND_CAPABILITIES\s*=\s*\{[^}]*"searchWithoutServiceName"\s*:\s*(true|false)/.exec(
          page,
        )?.[1]
        return { version, searchesAll: without === undefined ? undefined : without === 'true' }
      })
    } catch (error) {
      if (error instanceof WatchdeckError && ['not_found', 'permission_denied'].includes(error.code))
        return { version: '', searchesAll: undefined }
      throw error
    }
  }

  /** Whether the server has a path: a refusal in its own words says so too; user interfaces answer a page for any. */
  async has(path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<boolean> {
    try {
      return await this.http.ask(
        { path, params: this.#params(params), page: 'absent', also: [400, 404, 500, 501] },
        asking,
        async (head, body) => {
          const text = Buffer.from(await readWhole(body)).toString('utf8')
          return head.status < 300 || (head.status !== 501 && messageOf(text) !== undefined)
        },
      )
    } catch (error) {
      if (error instanceof WatchdeckError && ['not_found', 'permission_denied'].includes(error.code)) return false
      throw error
    }
  }

  async #spans(head: Head, body: AsyncIterable<Uint8Array>, open: typeof jaegerReader): Promise<ReadSpans> {
    this.#seen(head)
    if (head.status === 404) {
      await noMatch(body)
      return NOTHING
    }
    const read = await readSpans(body, open, PRODUCT)
    head.load.samples += read.spans.length
    return read
  }

  #seen(head: Head): void {
    if (head.serverTime !== undefined) this.skewMs = head.serverTime - Date.now()
  }

  #v3(path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<unknown> {
    return this.http.ask({ path: `api/v3/${path}`, params: this.#params(params) }, asking, async (head, body) => {
      this.#seen(head)
      return await readJson(body, PRODUCT)
    })
  }

  async #legacy(path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<unknown> {
    const answer = await this.http.ask(
      { path: `api/${path}`, params: this.#params(params) },
      asking,
      async (head, body) => {
        this.#seen(head)
        return await readJson(body, PRODUCT)
      },
    )
    return field(answer, 'data') ?? []
  }

  #params(values: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ ...this.http.spec.params, ...values })
  }
}

/** protocols: Jaeger 3. Raw: skew is adjusted here, where the change can be seen (10). */
function v3Params(question: TraceQuestion): Record<string, string> {
  const { range, service, operation, minDurationNs, maxDurationNs, attributes, limit } = question
  return {
    'query.startTimeMin': formatRfc3339(range.from),
    'query.startTimeMax': formatRfc3339(range.to),
    'query.searchDepth': String(limit),
    'query.rawTraces': 'true',
    ...(service === undefined ? {} : { 'query.serviceName': service }),
    ...(operation === undefined ? {} : { 'query.operationName': operation }),
    ...(minDurationNs === undefined ? {} : { 'query.durationMin': `${minDurationNs}ns` }),
    ...(maxDurationNs === undefined ? {} : { 'query.durationMax': `${maxDurationNs}ns` }),
    ...(attributes === undefined ? {} : { 'query.attributes': JSON.stringify(attributes) }),
  }
}

function earlyParams(question: TraceQuestion): Record<string, string> {
  const { range, service, operation, minDurationNs, maxDurationNs, limit } = question
  return {
    'query.start_time_min': formatRfc3339(range.from),
    'query.start_time_max': formatRfc3339(range.to),
    'query.num_traces': String(limit),
    'query.raw_traces': 'true',
    ...(service === undefined ? {} : { 'query.service_name': service }),
    ...(operation === undefined ? {} : { 'query.operation_name': operation }),
    ...(minDurationNs === undefined ? {} : { 'query.duration_min': `${minDurationNs}ns` }),
    ...(maxDurationNs === undefined ? {} : { 'query.duration_max': `${maxDurationNs}ns` }),
  }
}

/** Times in microseconds, the end rounded up so that nothing of the range is left out. */
function legacyParams(question: TraceQuestion): Record<string, string> {
  const { range, service, operation, minDurationNs, maxDurationNs, attributes, limit } = question
  return {
    service: service ?? '',
    start: micros(range.from),
    end: String((range.to + 999n) / 1000n),
    limit: String(limit),
    raw: 'true',
    ...(operation === undefined ? {} : { operation }),
    ...(minDurationNs === undefined ? {} : { minDuration: `${minDurationNs}ns` }),
    ...(maxDurationNs === undefined ? {} : { maxDuration: `${maxDurationNs}ns` }),
    ...(attributes === undefined ? {} : { tags: JSON.stringify(attributes) }),
  }
}

const micros = (ns: bigint): string => String(ns / 1000n)
const millis = (ns: bigint): string => String(ns / 1_000_000n)

const texts = (value: unknown): string[] => listOf(value).filter((each) => typeof each === 'string')

/** No match is 404 in v3, and an unknown path too (protocols: Jaeger 4). @throws Failure for the latter */
async function noMatch(body: AsyncIterable<Uint8Array>): Promise<void> {
  const text = Buffer.from(await readWhole(body)).toString('utf8')
  if (messageOf(text) === undefined)
    throw new Failure(new WatchdeckError('not_found', 'The source has nothing at this path (404).'))
}

async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > 1_048_576) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

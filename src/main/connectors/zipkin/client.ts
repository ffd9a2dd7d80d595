// The v2 API of Zipkin. Spans and durations are in microseconds, endTs and lookback in milliseconds.
// https://zipkin.io/zipkin-api/

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { TimeRange } from '../../../shared/base/time.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { Asking, TraceQuestion } from '../../../shared/domain/live-source.ts'
import { SHARED_KEY, zipkinReader } from '../../../shared/wire/zipkin.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import type { Tunnel } from '../common/dispatcher.ts'
import { Failure } from '../common/failures.ts'
import { type Head, HttpSource } from '../common/http.ts'
import { collect, readJson, readSpans, type ReadSpans } from '../common/spans.ts'

const PRODUCT = 'Zipkin'
const NOTHING: ReadSpans = { spans: [], warnings: [] }
const SMALL = 1_048_576

export class ZipkinClient {
  readonly http: HttpSource
  /** server minus local clock, ms; undefined until an answer said its time */
  skewMs: number | undefined

  constructor(spec: SourceSpec, services: ConnectorServices, changed: () => void, tunnel: Tunnel | undefined) {
    this.http = new HttpSource(spec, services, { explain, changed, tunnel })
  }

  async services(asking: Asking): Promise<string[]> {
    return texts(await this.json('services', {}, asking))
  }

  async spanNames(serviceName: string, asking: Asking): Promise<string[]> {
    return texts(await this.json('spans', { serviceName }, asking))
  }

  async search(question: TraceQuestion, asking: Asking): Promise<ReadSpans> {
    return await this.#spans('traces', searchParams(question), asking)
  }

  /** @returns no spans when it is not known */
  async trace(traceId: string, asking: Asking): Promise<ReadSpans> {
    return await this.#spans(`trace/${traceId}`, {}, asking)
  }

  async dependencies(range: TimeRange, asking: Asking): Promise<unknown[]> {
    const lookback = millis(range.to - range.from)
    const found = await this.json('dependencies', { endTs: millisUp(range.to), lookback }, asking)
    return Array.isArray(found) ? found : []
  }

  async tagKeys(asking: Asking): Promise<string[]> {
    return texts(await this.json('autocompleteKeys', {}, asking))
  }

  async tagValues(key: string, asking: Asking): Promise<string[]> {
    return texts(await this.json('autocompleteValues', { key }, asking))
  }

  /** `/info` of the server itself; '' behind something that shows the API alone. */
  async version(asking: Asking): Promise<string> {
    try {
      const info = await this.http.ask({ path: 'info', page: 'absent' }, asking, (_head, body) =>
        readJson(body, PRODUCT),
      )
      const zipkin: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, 'zipkin') : undefined
      const version: unknown =
        typeof zipkin === 'object' && zipkin !== null ? Reflect.get(zipkin, 'version') : undefined
      return typeof version === 'string' ? version : ''
    } catch (error) {
      if (error instanceof WatchdeckError && ['not_found', 'permission_denied'].includes(error.code)) return ''
      throw error
    }
  }

  json(path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<unknown> {
    return this.http.ask({ path: `api/v2/${path}`, params: this.#params(params) }, asking, async (head, body) => {
      this.#seen(head)
      return await readJson(body, PRODUCT)
    })
  }

  #spans(path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<ReadSpans> {
    return this.http.ask(
      { path: `api/v2/${path}`, params: this.#params(params), also: [404] },
      asking,
      async (head, body) => {
        this.#seen(head)
        if (head.status === 404) {
          const said = Buffer.concat(await collect(body, SMALL)).toString('utf8')
          // an id that is not known is said by name; a path that is not there is not
          if (path.startsWith('trace/') && /not found/i.test(said) && !/^404/.test(said)) return NOTHING
          throw new Failure(
            new WatchdeckError('not_found', 'The source has nothing at this path (404).', {
              hint: 'Searching may be switched off in this Zipkin (SEARCH_ENABLED), or its API is below another path.',
            }),
          )
        }
        const read = await readSpans(body, zipkinReader, PRODUCT)
        head.load.samples += read.spans.length
        return read
      },
    )
  }

  #params(values: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ ...this.http.spec.params, ...values })
  }

  #seen(head: Head): void {
    if (head.serverTime !== undefined) this.skewMs = head.serverTime - Date.now()
  }
}

function searchParams(question: TraceQuestion): Record<string, string> {
  const { range, service, operation, minDurationNs, maxDurationNs, limit } = question
  const tags = annotationQuery(question)
  return {
    endTs: millisUp(range.to),
    lookback: String(Number(millisUp(range.to)) - Number(millis(range.from))),
    limit: String(limit),
    ...(service === undefined ? {} : { serviceName: service }),
    ...(operation === undefined ? {} : { spanName: operation }),
    ...(minDurationNs === undefined ? {} : { minDuration: String(minDurationNs > 1000n ? minDurationNs / 1000n : 1n) }),
    // a maximum is only read beside a minimum
    ...(maxDurationNs === undefined
      ? {}
      : {
          maxDuration: String((maxDurationNs + 999n) / 1000n),
          ...(minDurationNs === undefined ? { minDuration: '1' } : {}),
        }),
    ...(tags === '' ? {} : { annotationQuery: tags }),
  }
}

/** Keys that spans of Zipkin get here from its endpoints: the server knows no such tags. */
const MADE_HERE = /^(network\.(local|peer)\.(address|port)|peer\.service|service\.name|zipkin\.debug)$/

/** `error and http.method=GET`; what its syntax cannot say is left to the filter of whoever asks. */
export function annotationQuery({ attributes, failed }: Pick<TraceQuestion, 'attributes' | 'failed'>): string {
  const tags = Object.entries(attributes ?? {})
    .filter(
      ([key, value]) => key !== SHARED_KEY && !MADE_HERE.test(key) && !/ and |=/.test(key) && !/ and /.test(value),
    )
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
  return [...(failed === true ? ['error'] : []), ...tags].join(' and ')
}

function explain(status: number, text: string): Failure | undefined {
  const said = text.slice(0, 500).trim()
  if (status === 400 && said !== '') return new Failure(new WatchdeckError('invalid_input', said))
  return undefined
}

const millis = (ns: bigint): string => String(ns / 1_000_000n)
const millisUp = (ns: bigint): string => String((ns + 999_999n) / 1_000_000n)
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

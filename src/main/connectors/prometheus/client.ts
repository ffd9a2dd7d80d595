// The read API of Prometheus and its compatibles: one function per endpoint. POST where it is allowed, so that long queries
// fit; GET when something in between allows nothing else (protocols: Prometheus 3).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking } from '../../../shared/domain/live-source.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import type { Tunnel } from '../common/dispatcher.ts'
import { HttpSource, type HttpQuestion, type Read } from '../common/http.ts'
import { readQuery, type QueryAnswer } from './answers.ts'
import { explain, notAnAnswer, partial, readEnvelope, type Said } from './envelope.ts'

export interface Listed<T> extends Said {
  readonly items: readonly T[]
}

/** The whole of a small answer is read into memory up to this. */
const SMALL = 64 * 1_048_576

export class PromClient {
  readonly http: HttpSource
  #getOnly = false
  /** server minus local clock, ms; from the Date of the last answer */
  skewMs = 0

  constructor(spec: SourceSpec, services: ConnectorServices, changed: () => void, tunnel: Tunnel | undefined) {
    this.http = new HttpSource(spec, services, { explain, changed, tunnel })
  }

  async query(query: string, atMs: number, asking: Asking): Promise<QueryAnswer> {
    return await this.#form('query', { query, time: seconds(atMs) }, asking)
  }

  async queryRange(
    query: string,
    grid: { start: number; end: number; step: number },
    asking: Asking,
  ): Promise<QueryAnswer> {
    const times = { start: seconds(grid.start), end: seconds(grid.end), step: seconds(grid.step) }
    return await this.#form('query_range', { query, ...times }, asking)
  }

  async #form(endpoint: string, values: Record<string, string>, asking: Asking): Promise<QueryAnswer> {
    const { limits } = this.http.spec
    return await this.#post(
      endpoint,
      this.#params(values, { timeout: `${Math.ceil(limits.timeoutMs / 1000)}s` }),
      asking,
      async (head, body) => {
        if (head.serverTime !== undefined) this.skewMs = head.serverTime - Date.now()
        const answer = await readQuery(body, { series: limits.series })
        head.load.samples += answer.samples
        return answer
      },
    )
  }

  async exemplars(query: string, startMs: number, endMs: number, asking: Asking): Promise<Listed<unknown>> {
    const params = this.#params({ query, start: seconds(startMs), end: seconds(endMs) })
    return await this.#post(
      'query_exemplars',
      params,
      asking,
      listOf((item) => item),
    )
  }

  async labels(match: string | undefined, asking: Asking): Promise<Listed<string>> {
    const params = this.#params(match === undefined ? {} : { 'match[]': match })
    return await this.#post('labels', params, asking, listOf(text))
  }

  /** As many series as one answer may have; a server that knows no `limit` tells more, which are left out and said to be. */
  async series(
    match: string,
    range: { start: number; end: number } | undefined,
    asking: Asking,
  ): Promise<Listed<Readonly<Record<string, string>>> & { cut: boolean }> {
    const most = this.http.spec.limits.series
    const params = this.#params(
      { 'match[]': match, limit: String(most) },
      range ? { start: seconds(range.start), end: seconds(range.end) } : {},
    )
    const told = await this.#post('series', params, asking, listOf(texts))
    return { ...told, items: told.items.slice(0, most), cut: told.items.length > most }
  }

  /** GET only; names outside of the old alphabet are escaped (protocols: Prometheus 3, 11). */
  async labelValues(label: string, match: string | undefined, asking: Asking): Promise<Listed<string>> {
    const params = this.#params(match === undefined ? {} : { 'match[]': match })
    return await this.#get(`label/${encodeURIComponent(escapedName(label))}/values`, params, asking, listOf(text))
  }

  async metadata(asking: Asking): Promise<Fields> {
    return await this.status('metadata', asking)
  }

  /** Objects of `status/..`, `features`, `metadata`: their `data`. */
  async status(path: string, asking: Asking, values: Record<string, string> = {}): Promise<Fields> {
    return (await this.told(path, asking, values)).data
  }

  /** The same of `rules`, `alerts`, `targets`, `status/tsdb`, with what some of those behind the server did not tell. */
  async told(
    path: string,
    asking: Asking,
    values: Record<string, string> = {},
  ): Promise<{ data: Fields; missing: readonly string[] }> {
    return await this.#get(path, this.#params(values), asking, async (_head, body) => {
      const whole = await wholeOf(body, path)
      // the envelope's own rules first, in one place
      const said = await readEnvelope(once(whole), {}, () => undefined)
      return { data: fieldsOf(fieldsOf(parsed(whole))['data']), missing: partial(said) }
    })
  }

  /** What lies beside the API, without its envelope, such as the settings of a user interface. */
  async plain(path: string, asking: Asking): Promise<Fields> {
    return await this.http.ask({ path, page: 'absent' }, asking, async (_head, body) => {
      const whole = await wholeOf(body, path)
      try {
        return fieldsOf(JSON.parse(whole.toString('utf8')))
      } catch {
        return {}
      }
    })
  }

  async #post<T>(endpoint: string, params: URLSearchParams, asking: Asking, read: Read<T>): Promise<T> {
    if (!this.#getOnly)
      try {
        return await this.http.ask({ ...this.#question(endpoint, params), method: 'POST' }, asking, read)
      } catch (error) {
        // read-only proxies let GET through alone
        if (!(error instanceof WatchdeckError && (error.code === 'not_found' || error.code === 'permission_denied')))
          throw error
        const answer = await this.#get(endpoint, params, asking, read)
        this.#getOnly = true
        return answer
      }
    return await this.#get(endpoint, params, asking, read)
  }

  #get<T>(endpoint: string, params: URLSearchParams, asking: Asking, read: Read<T>): Promise<T> {
    return this.http.ask(this.#question(endpoint, params), asking, read)
  }

  #question(endpoint: string, params: URLSearchParams): HttpQuestion {
    return { path: `api/v1/${endpoint}`, params }
  }

  /** The source's own parameters (dedup, partial_response, extra_label) go with every question (protocols: 22, 23). */
  #params(...sets: ReadonlyArray<Readonly<Record<string, string>>>): URLSearchParams {
    return new URLSearchParams(Object.assign({}, this.http.spec.params, ...sets))
  }
}

/** Unix seconds with decimals, never milliseconds (protocols: Prometheus 4). */
export const seconds = (ms: number): string => (ms / 1000).toFixed(3)

async function wholeOf(body: AsyncIterable<Uint8Array>, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > SMALL) throw new WatchdeckError('limit_exceeded', `The answer of ${path} is larger than 64 MB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @throws Failure without the words of the parser, which repeat what it stumbled on */
function parsed(whole: Buffer): unknown {
  try {
    return JSON.parse(whole.toString('utf8'))
  } catch {
    throw notAnAnswer('not valid JSON')
  }
}

export type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

const text = (item: unknown): string => (typeof item === 'string' ? item : '')

const texts = (item: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof item === 'object' && item !== null ? item : {}).map(([name, value]) => [name, text(value)]),
  )

function listOf<T>(map: (item: unknown) => T): Read<Listed<T>> {
  return async (_head, body) => {
    const items: T[] = []
    const said = await readEnvelope(body, { items: { take: 'item' } }, (_name, values) => {
      for (const value of values) items.push(map(value))
    })
    return { ...said, items }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** As Prometheus 3 reads label names in paths: U__ and every odd character as its code point between underscores. */
export function escapedName(name: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('U__')) return name
  let out = 'U__'
  let first = true
  for (const char of name) {
    if (char === '_') out += '__'
    else if (/[a-zA-Z]/.test(char) || (!first && /[0-9]/.test(char))) out += char
    else out += `_${(char.codePointAt(0) as number).toString(16)}_`
    first = false
  }
  return out
}

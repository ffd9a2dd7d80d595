// The envelope of Prometheus's HTTP API (protocols: Prometheus 1 to 6): read as a stream, so that an answer may be larger
// than any string, with warnings and infos kept beside success.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { KEEP, type OpenContainer, type Shape } from '../../../shared/wire/json/shape.ts'
import { JsonStream } from '../../../shared/wire/json/stream.ts'
import { Failure } from '../common/failures.ts'

export interface Said {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

const KEPT: Shape = { take: KEEP }

/** a value past this is opened and handed over in parts */
const OPEN_AT = 1_048_576

/** Values of one name as they come; `around` are the containers with what they kept, outermost first. */
export type Take = (name: string, values: readonly unknown[], around: readonly OpenContainer[]) => void

/**
 * Reads one answer; `data` is the shape of what lies under `data`.
 * @throws Failure for what is no such answer, or says `error` although its status said success
 */
export async function readEnvelope(body: AsyncIterable<Uint8Array>, data: Shape, take: Take): Promise<Said> {
  let fields: Record<string, unknown> | undefined
  const stream = new JsonStream(
    {
      keys: { status: KEPT, errorType: KEPT, error: KEPT, warnings: KEPT, infos: KEPT, isPartial: KEPT, data },
    },
    {
      values: (name, values, around) => take(name, values, around),
      bad(line, reason) {
        throw notAnAnswer(`${reason} at line ${line}`)
      },
      closed(container, depth) {
        if (depth === 0) fields = container.fields
      },
    },
    { maxValueBytes: OPEN_AT },
  )
  try {
    for await (const chunk of body) stream.push(chunk)
    stream.end()
  } catch (error) {
    // where it stumbled, and nothing of what stands there: it may be a configuration
    if (error instanceof WatchdeckError && error.code === 'corrupt')
      throw notAnAnswer(error.message.replace(/(?<=\(byte \d+\)): .*/s, ''))
    throw error
  }
  if (fields === undefined) throw notAnAnswer('no object')
  if (fields['status'] === 'error')
    throw refusalOf(200, textOf(fields['errorType']), textOf(fields['error'])) ?? notAnAnswer('an error without a type')
  if (fields['status'] !== 'success') throw notAnAnswer('no status')
  const warnings = textsOf(fields['warnings'])
  // a cluster of VictoriaMetrics says no more than that
  if (fields['isPartial'] === true) warnings.push(PARTIAL)
  return { warnings, infos: textsOf(fields['infos']) }
}

const PARTIAL = 'Some storage nodes of the cluster did not answer: what they hold is missing (isPartial).'

/**
 * Warnings that mean missing data: Thanos answers 200 with them when a store did not answer (protocols: Prometheus 1, 22).
 * Notes of the engine itself about the query ("PromQL warning: ..") are no gap.
 */
export function partial(said: Said): string[] {
  return said.warnings.filter(
    (warning) => !/^PromQL (warning|info):/.test(warning) && !/truncated due to limit/i.test(warning),
  )
}

export function notAnAnswer(why: string): Failure {
  return new Failure(
    new WatchdeckError('unavailable', `What came is not an answer of Prometheus (${why}).`, {
      hint: 'Something in between may have cut or changed it, or the path is that of another program.',
    }),
    { outage: true },
  )
}

/** Prometheus's own words for a refusal; undefined when the body is not its envelope. */
export function explain(status: number, body: string): Failure | undefined {
  // VictoriaMetrics answers so in place of 404
  if (status === 400 && body.startsWith('unsupported path requested'))
    return new Failure(new WatchdeckError('not_found', 'This server does not have that part of the API.'))
  if (status === 400 && body.startsWith('unsupported URL format'))
    return new Failure(
      new WatchdeckError('not_found', 'A cluster of VictoriaMetrics does not answer at this address.', {
        hint: 'Its address ends in /select/<tenant>/prometheus, such as /select/0/prometheus.',
      }),
    )
  // Mimir and Cortex, which have a tenant or answer nobody
  if (status === 401 && /^no org id/.test(body))
    return new Failure(
      new WatchdeckError('unauthenticated', 'The source wants to know the tenant (401).', {
        hint: 'Give the tenant among the settings of the source; several are joined by |.',
      }),
      { outage: true },
    )
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || !('status' in parsed) || parsed.status !== 'error')
    return undefined
  const type = 'errorType' in parsed ? textOf(parsed.errorType) : ''
  const error = 'error' in parsed ? textOf(parsed.error) : ''
  return refusalOf(status, type, error)
}

function refusalOf(status: number, type: string, said: string): Failure | undefined {
  const words = said.slice(0, 1000)
  const failure = (
    code: ConstructorParameters<typeof WatchdeckError>[0],
    message: string,
    hint: string | undefined,
    how: { transient?: boolean; outage?: boolean; retryable?: boolean } = {},
  ) => new Failure(new WatchdeckError(code, message, { hint, retryable: how.retryable }), how)
  // the server says "decreasing resolution" and means a larger step (prometheus#10310)
  if (/exceeded maximum resolution|too many points for the given/.test(said))
    return failure('limit_exceeded', words, 'Take a larger step or a shorter range.')
  if (
    /too many samples|limit|too long|too large|cannot select more than|exceeds/i.test(said) &&
    (type === 'execution' || status === 422)
  )
    return failure('limit_exceeded', words, 'Shorten the range, narrow the selector, or aggregate.')
  if (/no valid org id|multiple org ids/i.test(said))
    return failure('permission_denied', 'This is told of one tenant at a time.', 'Add a source for each tenant.')
  switch (type) {
    case 'bad_data':
      return failure('invalid_input', words, undefined)
    case 'execution':
      return failure('invalid_input', words, undefined)
    case 'timeout':
      return failure('timeout', `The server gave up on the query: ${words}`, 'Shorten the range or narrow the query.')
    case 'canceled':
    case 'cancelled':
      return failure('unavailable', `The server cancelled the query: ${words}`, undefined)
    case 'not_found':
      return failure('not_found', words, undefined)
    case 'not_acceptable':
      return failure('unsupported', words, undefined)
    case 'unavailable':
    case 'internal':
      return failure('unavailable', words, undefined, { transient: status >= 500, outage: status >= 500 })
    // VictoriaMetrics repeats the status
    case '400':
    case '422':
      return failure('invalid_input', words, undefined)
    case '503':
      return failure('unavailable', words, undefined, { transient: true, outage: true })
    // others put their own words in: the status decides
    default:
      return undefined
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const textsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string').map((item) => item.slice(0, 2000))
    : []

// What Jaeger says when it refuses: `{"error":{"httpCode","message"}}` in v3, `{"data":null,"errors":[{"code","msg"}]}` before.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { Failure } from '../common/failures.ts'

export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The message of either envelope; undefined when the text is neither. */
export function messageOf(text: string): string | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  if ('error' in parsed && typeof parsed.error === 'object' && parsed.error !== null && 'message' in parsed.error)
    return String(parsed.error.message)
  if ('errors' in parsed && Array.isArray(parsed.errors)) {
    const first: unknown = parsed.errors[0]
    if (typeof first === 'object' && first !== null && 'msg' in first) return String(first.msg)
  }
  return undefined
}

/**
 * Cassandra, Badger and the older API search by service only (protocols: Jaeger 7): "this storage backend requires a service
 * name to search; ..", "service Name must be set", "parameter 'service' is required".
 */
const NEEDS_SERVICE =
  /requires a service|service(Name| name)?[^.]{0,40}(required|must (be|not be)|is not set|cannot be empty)/i
/** Storages have a largest depth of their own. */
const TOO_DEEP = /search depth|num_?traces/i

export function explain(status: number, text: string): Failure | undefined {
  const message = messageOf(text)?.slice(0, 1000)
  if (message === undefined) return undefined
  // a parameter that cannot be understood is ours to mend; the rest says what the storage said
  if (NEEDS_SERVICE.test(message)) return needsService(message)
  if (TOO_DEEP.test(message))
    return new Failure(new WatchdeckError('limit_exceeded', message, { details: { depth: true } }))
  if (status === 400) return new Failure(new WatchdeckError('invalid_input', message))
  if (status === 404) return new Failure(new WatchdeckError('not_found', message))
  if (status === 501)
    return new Failure(new WatchdeckError('unsupported', message, { hint: 'It is not configured in this Jaeger.' }))
  // what lies behind Jaeger's metrics does not answer; its traces may
  if (/metrics? quer/i.test(message))
    return new Failure(
      new WatchdeckError('unavailable', `The metric storage behind Jaeger did not answer: ${message}`, {
        hint: 'Traces are not affected. Is the Prometheus that Jaeger reads span metrics from there?',
      }),
    )
  if (status >= 500)
    return new Failure(
      new WatchdeckError('unavailable', `Jaeger failed: ${message}`, {
        hint: 'Its storage may be down or too slow; its own log says why.',
      }),
      { transient: true, outage: true },
    )
  return undefined
}

export const needsService = (message: string): Failure =>
  new Failure(
    new WatchdeckError('invalid_input', message, { hint: 'Name a service.', details: { needsService: true } }),
  )

export const isNeedsService = (error: unknown): boolean =>
  error instanceof WatchdeckError && error.details?.['needsService'] === true

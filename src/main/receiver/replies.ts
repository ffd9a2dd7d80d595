// Answers of an OTLP receiver, in the encoding of the request: protobuf or JSON.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response, opentelemetry-proto collector/*/v1, google.rpc.Status

import type { Signal } from './bodies.ts'

const REJECTED: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
}

/** Export*ServiceResponse: empty when all was taken, else how many records were not, and why. */
export function taken(signal: Signal, isJson: boolean, rejected: number, message: string): Uint8Array {
  const isWhole = rejected === 0 && message === ''
  if (isJson)
    return utf8(
      JSON.stringify(
        isWhole ? {} : { partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage: message } },
      ),
    )
  if (isWhole) return new Uint8Array(0)
  return inside(1, concat([rejected === 0 ? [] : [0x08, ...varint(rejected)], text(2, message)]))
}

/**
 * google.rpc.Status; codes: 3 invalid argument, 7 permission denied, 8 resource exhausted, 13 internal, 14 unavailable.
 * @param againAfter seconds: a google.rpc.RetryInfo among the details, without which a sender must not send it again
 */
export function refused(isJson: boolean, code: number, message: string, againAfter?: number): Uint8Array {
  if (isJson) return utf8(JSON.stringify({ code, message }))
  return concat([
    [0x08, ...varint(code)],
    text(2, message),
    againAfter === undefined ? [] : inside(3, concat([text(1, RETRY_INFO), inside(2, retryInfo(againAfter))])),
  ])
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const retryInfo = (seconds: number): Uint8Array => inside(1, [0x08, ...varint(seconds)])

function varint(value: number): number[] {
  const out: number[] = []
  let rest = value
  while (rest > 127) {
    out.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  out.push(rest)
  return out
}

/** A field with a length: a message or a text. */
function inside(field: number, bytes: Uint8Array | readonly number[]): Uint8Array {
  return concat([[field * 8 + 2, ...varint(bytes.length)], bytes])
}

const text = (field: number, value: string): Uint8Array =>
  value === '' ? new Uint8Array(0) : inside(field, utf8(value))

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)

function concat(parts: ReadonlyArray<Uint8Array | readonly number[]>): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

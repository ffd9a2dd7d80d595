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
  const inner = concat([rejected === 0 ? [] : [0x08, ...varint(rejected)], text(2, message)])
  return concat([[0x0a, ...varint(inner.length)], inner])
}

/** google.rpc.Status; codes: 3 invalid argument, 8 resource exhausted, 13 internal, 14 unavailable. */
export function refused(isJson: boolean, code: number, message: string): Uint8Array {
  return isJson ? utf8(JSON.stringify({ code, message })) : concat([[0x08, ...varint(code)], text(2, message)])
}

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

function text(field: number, value: string): Uint8Array {
  if (value === '') return new Uint8Array(0)
  const bytes = utf8(value)
  return concat([[field * 8 + 2, ...varint(bytes.length)], bytes])
}

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)

function concat(parts: ReadonlyArray<Uint8Array | readonly number[]>): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

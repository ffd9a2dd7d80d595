// The worker thread of the receiver: bodies in, packed chunks of the telemetry tables out, so that the engine answers meanwhile.

import type { EncoderSeed } from '../storage/telemetry/api.ts'
import { type BodyToRead, type Received, Reception } from './reception.ts'
import { SpanMemory } from './span-memory.ts'

export interface ReceiveTask {
  /** a reception: bodies of one go on where the last ones of it ended */
  readonly reception: number
  /** begins the reception */
  readonly begin?: {
    readonly seed: EncoderSeed
    /** names of requests that were committed, oldest first */
    readonly requests: readonly string[]
    /** spans that were received may not have been committed: none of them counts as known */
    readonly forget: boolean
  }
  readonly bodies: readonly BodyToRead[]
  /** epoch nanoseconds */
  readonly now: bigint
}

let current: { readonly number: number; readonly reception: Reception } | undefined
let memory = new SpanMemory()

/** `unknown`: this thread does not know the reception, and has to be told how it begins. */
export default function receive({ reception, begin, bodies, now }: ReceiveTask): Received | 'unknown' {
  if (begin !== undefined) {
    if (begin.forget) memory = new SpanMemory()
    current = { number: reception, reception: new Reception(begin.seed, memory, begin.requests) }
  }
  if (current?.number !== reception) return 'unknown'
  return current.reception.receive(bodies, now)
}

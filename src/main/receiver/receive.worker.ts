// The worker thread of the receiver: bodies in, packed chunks of the telemetry tables out, so that the engine answers meanwhile.

import type { Encoded, EncodedChunk, EncoderSeed } from '../storage/telemetry/api.ts'
import { BatchEncoder } from '../storage/telemetry/encoder.ts'
import { type Body, type Outcome, readBody } from './bodies.ts'

export interface ReceiveTask {
  readonly seed: EncoderSeed
  readonly bodies: readonly Body[]
  /** epoch nanoseconds */
  readonly now: bigint
}

export interface Received {
  readonly chunks: readonly EncodedChunk[]
  readonly encoded: Encoded
  /** one for each body, in order */
  readonly outcomes: readonly Outcome[]
}

export default function receive({ seed, bodies, now }: ReceiveTask): Received {
  const chunks: EncodedChunk[] = []
  const encoder = new BatchEncoder(seed, (chunk) => void chunks.push(chunk))
  const outcomes = bodies.map((body) => {
    const { collector, outcome } = readBody(body, now)
    for (const batch of collector.drain()) encoder.write(batch, 0, batch.rows.length)
    return outcome
  })
  encoder.finish()
  return { chunks, encoded: encoder.encoded, outcomes }
}

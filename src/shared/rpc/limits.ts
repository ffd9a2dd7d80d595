// What a session may cost the other side. Every cap answers with a code; none is silent.

export interface RpcLimits {
  /** bytes of one packet on the transport; larger messages travel in fragments */
  readonly packetBytes: number
  /** bytes of one whole message that this side takes */
  readonly messageBytes: number
  /** bytes of the JSON head of a message */
  readonly headerBytes: number
  /** nesting of a value */
  readonly depth: number
  /** buffers in one message */
  readonly buffers: number
  /** calls at once in a session */
  readonly calls: number
  /** streams at once in a session */
  readonly streams: number
  /** items a stream may be ahead of its reader */
  readonly window: number
  /** credit of all streams of a session together; each stream keeps at least one */
  readonly totalCredit: number
  /** bytes sent and not yet acknowledged; more waits in the queue */
  readonly inFlightBytes: number
  /** bytes that may wait in the queue before further answers are refused */
  readonly queuedBytes: number
  /** a silent pipe is asked after this long, in ms */
  readonly heartbeatMs: number
  /** a pipe that stays silent this long is taken for dead, in ms */
  readonly deadMs: number
  /** a session without a pipe is kept this long for its client to come back, in ms */
  readonly graceMs: number
  /** refused messages before the session is closed */
  readonly faults: number
}

const MiB = 1024 * 1024

/** The engine's side: takes questions, which are small. */
export const SERVER_LIMITS: RpcLimits = {
  packetBytes: MiB,
  messageBytes: 16 * MiB,
  headerBytes: 8 * MiB,
  depth: 64,
  buffers: 1024,
  calls: 256,
  streams: 64,
  window: 32,
  totalCredit: 512,
  inFlightBytes: 8 * MiB,
  queuedBytes: 256 * MiB,
  heartbeatMs: 15_000,
  deadMs: 60_000,
  graceMs: 30_000,
  faults: 16,
}

/** The client's side: takes answers. */
export const CLIENT_LIMITS: RpcLimits = {
  ...SERVER_LIMITS,
  messageBytes: 256 * MiB,
  headerBytes: 64 * MiB,
  buffers: 65_536,
  window: 8,
  heartbeatMs: 10_000,
  deadMs: 30_000,
}

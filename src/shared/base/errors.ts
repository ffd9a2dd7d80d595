// The closed set of failures that may cross a boundary (contract, rpc, CLI). Everything else is an `internal` bug.

export const ERROR_CODES = [
  'invalid_input',
  'not_found',
  'conflict',
  'unsupported',
  'unauthenticated',
  'permission_denied',
  'unavailable',
  'timeout',
  'cancelled',
  'limit_exceeded',
  'corrupt',
  'read_only',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** The shape that crosses a boundary. `messageKey` lets the page translate; `message` is English for everyone else. */
export interface ErrorShape {
  code: ErrorCode
  message: string
  retryable: boolean
  hint?: string | undefined
  messageKey?: string | undefined
  details?: Record<string, unknown> | undefined
}

export interface ErrorOptionsExtra {
  hint?: string | undefined
  retryable?: boolean | undefined
  messageKey?: string | undefined
  details?: Record<string, unknown> | undefined
  cause?: unknown
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout'])

/** An expected failure of the world: a person reads its message, a program reads its code. */
export class WatchdeckError extends Error {
  override readonly name = 'WatchdeckError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly messageKey: string | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptionsExtra = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? RETRYABLE.has(code)
    this.hint = options.hint
    this.messageKey = options.messageKey
    this.details = options.details
  }

  toShape(): ErrorShape {
    const shape: ErrorShape = { code: this.code, message: this.message, retryable: this.retryable }
    if (this.hint !== undefined) shape.hint = this.hint
    if (this.messageKey !== undefined) shape.messageKey = this.messageKey
    if (this.details !== undefined) shape.details = this.details
    return shape
  }

  static fromShape(shape: ErrorShape): WatchdeckError {
    return new WatchdeckError(shape.code, shape.message, shape)
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && (ERROR_CODES as readonly string[]).includes(value)
}

/**
 * Any thrown value as a shape that is safe to show: an unexpected error keeps neither its message nor its stack,
 * because both may hold paths and secrets. Callers log the original first.
 */
export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof WatchdeckError) return error.toShape()
  if (isAbort(error)) return { code: 'cancelled', message: 'The call was cancelled.', retryable: false }
  return {
    code: 'internal',
    message: 'Something failed inside Watchdeck; the log has the details.',
    retryable: false,
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled()
}

export function cancelled(): WatchdeckError {
  return new WatchdeckError('cancelled', 'The call was cancelled.')
}

// The messages of a session: short arrays, because a small call is mostly its envelope.

import { type ErrorShape, isErrorCode, WatchdeckError } from '../base/errors.ts'

export const MESSAGE = {
  /** client: [call, id, method, input, detached?] */
  call: 1,
  /** client: [open, id, method, input, credit] */
  open: 2,
  /** client: [cancel, id] */
  cancel: 3,
  /** client: [credit, id, more] */
  credit: 4,
  /** engine: [answer, id, value] */
  answer: 5,
  /** engine: [fail, id, error] */
  fail: 6,
  /** engine: [progress, id, fraction, message] */
  progress: 7,
  /** engine: [item, id, value] */
  item: 8,
  /** engine: [end, id] */
  end: 9,
} as const

/** An error as it came over the wire: nothing in it is trusted to have the shape it should have. */
export function errorFromWire(value: unknown): WatchdeckError {
  if (typeof value !== 'object' || value === null) return new WatchdeckError('internal', 'The call failed.')
  const shape = value as Partial<Record<keyof ErrorShape, unknown>>
  const details = shape.details
  return new WatchdeckError(
    isErrorCode(shape.code) ? shape.code : 'internal',
    typeof shape.message === 'string' ? shape.message : 'The call failed.',
    {
      retryable: shape.retryable === true,
      hint: typeof shape.hint === 'string' ? shape.hint : undefined,
      messageKey: typeof shape.messageKey === 'string' ? shape.messageKey : undefined,
      details: typeof details === 'object' && details !== null ? { ...details } : undefined,
    },
  )
}

export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

// The client with a meter on it: rows and bytes of the answers and how long the page waited for them. It counts from when the
// performance panel was first opened; until then a call passes through.

import { create } from 'zustand'
import type { Client } from '../../../shared/rpc/api.ts'

export interface Measured {
  readonly calls: number
  readonly waitedMs: number
  readonly rows: number
  readonly bytes: number
}

interface Meter {
  readonly running: boolean
  readonly methods: Readonly<Record<string, Measured>>
}
const NOTHING: Measured = { calls: 0, waitedMs: 0, rows: 0, bytes: 0 }

export const useMeter = create<Meter>()(() => ({ running: false, methods: {} }))
/** Also at the start of a view: what was counted before is another's. */
export const startMeter = (): void => useMeter.setState({ running: true, methods: {} })
export const stopMeter = (): void => useMeter.setState({ running: false })

/** Rows of all tables in an answer, and what its buffers and texts weigh. */
export function weigh(answer: unknown): { rows: number; bytes: number } {
  let rows = 0
  let bytes = 0
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) bytes += value.byteLength
    else if (typeof value === 'string') bytes += value.length
    else if (Array.isArray(value)) for (const item of value) look(item)
    else if (typeof value === 'object' && value !== null) {
      if ('rowCount' in value && 'columns' in value) rows += Number(value.rowCount)
      for (const inner of Object.values(value)) look(inner)
    } else if (value !== undefined && value !== null) bytes += 8
  }
  look(answer)
  return { rows, bytes }
}

function count(method: string, waitedMs: number, answer: unknown): void {
  const { rows, bytes } = weigh(answer)
  useMeter.setState(({ methods }) => {
    const before = methods[method] ?? NOTHING
    const now = {
      calls: before.calls + 1,
      waitedMs: before.waitedMs + waitedMs,
      rows: before.rows + rows,
      bytes: before.bytes + bytes,
    }
    return { methods: { ...methods, [method]: now } }
  })
}

export function measured(client: Client): Client {
  const call: Client['call'] = async (method, input, options) => {
    if (!useMeter.getState().running) return await client.call(method, input, options)
    const began = performance.now()
    const answer = await client.call(method, input, options)
    // the panel's own question is none of the view
    if (method !== 'system.spent') count(method, performance.now() - began, answer)
    return answer
  }
  return {
    call,
    stream: (method, input, options) => client.stream(method, input, options),
    start: (method, input) => client.start(method, input),
    get state() {
      return client.state
    },
    onState: client.onState,
    get pending() {
      return client.pending
    },
    onPending: client.onPending,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}

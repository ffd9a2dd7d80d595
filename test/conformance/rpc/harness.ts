// A host with a dispatcher of test methods, and clients of it over a kind of pipe.

import { WatchdeckError } from '../../../src/shared/base/errors.ts'
import type { DispatchContext, Transport } from '../../../src/shared/rpc/api.ts'
import { type ClientOptions, createUntypedClient, type UntypedClient } from '../../../src/shared/rpc/client.ts'
import type { RpcLimits } from '../../../src/shared/rpc/limits.ts'
import { createSessionHost, type SessionHost } from '../../../src/shared/rpc/server.ts'
import { type CuttablePair, cuttable, type Pair, type Pipes } from './pipes.ts'

export type Handler = (input: unknown, context: DispatchContext) => unknown

export interface Harness extends AsyncDisposable {
  readonly host: SessionHost<undefined>
  /** refusals the engine's side saw */
  readonly faults: WatchdeckError[]
  client(options?: Partial<ClientOptions>): UntypedClient
  /** a client that comes back over a new pipe of the same kind; `pipes` holds them, newest last */
  resilient(limits?: Partial<RpcLimits>): { client: UntypedClient; pipes: CuttablePair[] }
  /** a bare pipe whose other end the host serves */
  raw(): Promise<Transport>
}

export function startHarness(
  pipes: Pipes,
  handlers: Readonly<Record<string, Handler>>,
  limits: Partial<RpcLimits> = {},
): Harness {
  const faults: WatchdeckError[] = []
  const clients: UntypedClient[] = []
  const pairs: Pair[] = []
  let sessions = 0
  const find = (method: string): Handler => {
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
    if (!handler) throw new WatchdeckError('not_found', 'There is no such method.')
    return handler
  }
  const host = createSessionHost<undefined>({
    createId: () => `session-${++sessions}`,
    limits,
    onFault: (error) => faults.push(error),
    dispatcher: () => ({
      call: async (method, input, context) => await find(method)(input, context),
      stream: (method, input, context) => find(method)(input, context) as AsyncIterable<unknown>,
    }),
  })
  const open = async (): Promise<CuttablePair> => {
    const pair = cuttable(await pipes.pair())
    pairs.push(pair)
    host.accept(pair.server, undefined)
    return pair
  }
  const keep = (client: UntypedClient) => {
    clients.push(client)
    return client
  }
  return {
    host,
    faults,
    client: (options = {}) => keep(createUntypedClient({ connect: async () => (await open()).client, ...options })),
    resilient(clientLimits = {}) {
      const made: CuttablePair[] = []
      const connect = async () => {
        const pair = await open()
        made.push(pair)
        return pair.client
      }
      return { client: keep(createUntypedClient({ connect, reconnect: true, limits: clientLimits })), pipes: made }
    },
    raw: async () => (await open()).client,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client[Symbol.dispose]()
      host[Symbol.dispose]()
      for (const pair of pairs) {
        pair.client.close()
        pair.server.close()
      }
    },
  }
}

/** Resolves when a client gets into a state; at once when it is in it. */
export function reached(client: UntypedClient, state: UntypedClient['state']): Promise<void> {
  return new Promise((resolve) => {
    if (client.state === state) return resolve()
    const off = client.onState((now) => {
      if (now !== state) return
      off[Symbol.dispose]()
      resolve()
    })
  })
}

/** A promise and the function that resolves it. */
export function latch(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: () => resolve() }
}

/** What a promise was rejected with. */
export async function failureOf(work: Promise<unknown>): Promise<WatchdeckError> {
  try {
    await work
  } catch (error) {
    if (error instanceof WatchdeckError) return error
    throw error
  }
  throw new Error('assertion failed: it did not fail')
}

// The transports under test, each as a way to make connected pairs of real pipes, and a pipe that can be cut.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import type { Transport } from '../../../src/shared/rpc/api.ts'
import { memoryTransportPair, messagePortTransport, webSocketTransport } from '../../../src/shared/rpc/transports.ts'

export interface Pair {
  readonly client: Transport
  readonly server: Transport
}

export interface Pipes extends AsyncDisposable {
  pair(): Promise<Pair>
}

export const PIPES: Readonly<Record<string, () => Promise<Pipes>>> = {
  memory: async () => ({
    async pair() {
      const [client, server] = memoryTransportPair()
      return { client, server }
    },
    async [Symbol.asyncDispose]() {},
  }),

  'message port': async () => ({
    async pair() {
      const { port1, port2 } = new MessageChannel()
      return { client: messagePortTransport(port1), server: messagePortTransport(port2) }
    },
    async [Symbol.asyncDispose]() {},
  }),

  WebSocket: async () => {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      perMessageDeflate: false,
      maxPayload: 8 * 2 ** 20,
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    // two pairs may be made at once: each finds its other end by its own path
    const waiting = new Map<string | undefined, (socket: WebSocket) => void>()
    server.on('connection', (socket, request) => waiting.get(request.url)?.(socket))
    let pairs = 0
    return {
      async pair() {
        const path = `/${++pairs}`
        const accepted = new Promise<WebSocket>((resolve) => waiting.set(path, resolve))
        const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
        return { client: webSocketTransport(client), server: webSocketTransport(await accepted) }
      },
      async [Symbol.asyncDispose]() {
        for (const socket of server.clients) socket.terminate()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
}

export interface CuttablePair extends Pair {
  /** from now on nothing arrives on either side, and neither is told */
  cut(): void
  /** both sides learn that the pipe is gone */
  break(): void
}

/** A pair whose network can fail: what is sent after `cut` is lost, as with a cable that was pulled. */
export function cuttable(pair: Pair): CuttablePair {
  let isCut = false
  const wrap = (inner: Transport): Transport => ({
    send: (message) => {
      if (!isCut) inner.send(message)
    },
    get bufferedBytes() {
      return inner.bufferedBytes
    },
    onMessage: (listener) =>
      inner.onMessage((message) => {
        if (!isCut) listener(message)
      }),
    onClose: inner.onClose,
    close: () => inner.close(),
  })
  return {
    client: wrap(pair.client),
    server: wrap(pair.server),
    cut: () => {
      isCut = true
    },
    break: () => {
      isCut = true
      pair.server.close()
      pair.client.close()
    },
  }
}

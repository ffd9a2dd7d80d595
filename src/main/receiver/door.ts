// What both doors of the receiver (HTTP and gRPC) have in common: where they stand, how much may come in at once.

import type { Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Body, Verdict } from './bodies.ts'

export const HOST = '127.0.0.1'
/** Packed, a request may have this many bytes. */
export const MAX_BODY = 20 * 1024 * 1024
/** Of all bodies that are arriving at once, through both doors. */
const MAX_ARRIVING = 64 * 1024 * 1024
/** Of one request, from its head to its last byte. */
export const ARRIVAL_MS = 60_000
/** Seconds after which a sender that was sent away may come again. */
export const COME_AGAIN_S = 1

export const SENTENCES = {
  full: 'More is arriving than can be written; send it again.',
  arriving: 'More is arriving than can be held; send it again.',
  failed: 'The rows could not be written; the log says why.',
  closing: 'The receiver is being switched off; send it again later.',
  host: 'This receiver answers as 127.0.0.1 or localhost only.',
  page: 'Web pages may not send to this receiver.',
  large: `A request has at most ${MAX_BODY / 1024 / 1024} MB; let the exporter send smaller batches.`,
  cut: 'The request was cut off.',
}

export interface DoorOptions {
  readonly port: number
  readonly arriving: Arriving
  readonly take: (body: Body, signal: AbortSignal) => Promise<Verdict>
  /** a request that was not taken as it is, its reason for the status; `delayed`: the sender may come again with it */
  readonly onRefused: (message: string, delayed: boolean) => void
}

/** Bytes of bodies that are not here whole yet. */
export class Arriving {
  #bytes = 0

  /** False when there is no room; the bytes count until `free` all the same. */
  add(bytes: number): boolean {
    this.#bytes += bytes
    return this.#bytes <= MAX_ARRIVING
  }

  free(bytes: number): void {
    this.#bytes -= bytes
  }
}

/** @throws WatchdeckError `conflict` when the port is taken */
export async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new WatchdeckError('conflict', `Port ${port} is taken by another program, a Collector perhaps.`, {
              hint: 'Stop that program, or choose another port here and in what sends.',
            })
          : error,
      ),
    )
    server.listen(port, HOST, resolve)
  })
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** Browsers say where a request comes from, programs do not: no page may write here. */
export function isFromPage(headers: { readonly [name: string]: unknown }): boolean {
  return headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined
}

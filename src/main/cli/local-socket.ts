// The owner's way to a running engine: a socket in the data folder (a named pipe on Windows) that only the owner may
// open. It carries the same rpc as every other pipe, each packet behind its length; one other question asks the browser
// shell for a fresh address.

import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { disposable } from '../../shared/base/disposable.ts'
import { type ErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import type { Listener } from '../../shared/base/events.ts'
import type { Transport } from '../../shared/rpc/api.ts'
import { SERVER_LIMITS } from '../../shared/rpc/limits.ts'

const MAX_PACKET = SERVER_LIMITS.packetBytes + 64
const RPC = 0x52
const MINT = 0x4d
/** `sun_path` holds 104 bytes on macOS, 108 on Linux */
const MAX_SOCKET_PATH = 100

const BROKEN: ErrorShape = { code: 'unavailable', message: 'The connection to the engine broke.', retryable: true }

/** Where the engine of a data folder listens; a folder too deep for a socket's name gets one in the user's temp folder. */
export function socketAddress(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\watchdeck-${name}`
  const path = join(dataDir, 'engine.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path
  return join(tmpdir(), `watchdeck-${userInfo().uid}`, `${name}.sock`)
}

/** A socket as a pipe: 4 bytes of length, then the packet. A packet over the cap ends the pipe. */
export function socketTransport(socket: Socket, rest: Buffer = Buffer.alloc(0)): Transport {
  const listeners = new Set<Listener<Uint8Array>>()
  const closers = new Set<Listener<ErrorShape | undefined>>()
  let early: Uint8Array[] = []
  let parts: Buffer[] = rest.length > 0 ? [rest] : []
  let held = rest.length
  let ended: { error: ErrorShape | undefined } | undefined

  const end = (error?: ErrorShape) => {
    if (ended) return
    ended = { error }
    for (const closer of [...closers]) closer(error)
  }
  const deliver = (message: Uint8Array) => {
    if (ended) return
    if (listeners.size === 0) early.push(message)
    else for (const listener of [...listeners]) listener(message)
  }
  const drain = () => {
    while (held >= 4) {
      let head = parts[0] as Buffer
      if (head.length < 4) {
        head = Buffer.concat(parts)
        parts = [head]
      }
      const length = head.readUInt32BE(0)
      if (length > MAX_PACKET) {
        socket.destroy()
        return end(BROKEN)
      }
      if (held < 4 + length) return
      const all = parts.length === 1 ? head : Buffer.concat(parts)
      // a copy of its own: readers keep views of what they are given
      deliver(Uint8Array.prototype.slice.call(all, 4, 4 + length))
      const left = all.subarray(4 + length)
      parts = left.length > 0 ? [left] : []
      held = left.length
    }
  }
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk)
    held += chunk.length
    drain()
  })
  socket.on('error', () => end(BROKEN))
  socket.on('close', () => end(BROKEN))
  if (held > 0) queueMicrotask(drain)
  return {
    onMessage(listener) {
      listeners.add(listener)
      const waiting = early
      early = []
      for (const message of waiting) listener(message)
      return disposable(() => listeners.delete(listener))
    },
    onClose(listener) {
      const over = ended
      if (over) queueMicrotask(() => listener(over.error))
      else closers.add(listener)
      return disposable(() => closers.delete(listener))
    },
    get bufferedBytes() {
      return socket.writableLength
    },
    send(message) {
      if (ended || socket.destroyed) return
      const head = Buffer.alloc(4)
      head.writeUInt32BE(message.length)
      socket.cork()
      socket.write(head)
      socket.write(message)
      socket.uncork()
    },
    close() {
      if (ended) return
      end()
      socket.end()
    },
  }
}

export interface LocalServerOptions {
  dataDir: string
  connect(transport: Transport): Disposable
  /** the browser shell's address with a fresh token; absent in shells that have none */
  mintUrl?: (() => string) | undefined
}

export interface LocalServer {
  readonly address: string
  close(): Promise<void>
}

/** Listens for the owner. The engine holds the folder's lock by now, so a socket file that is still there is stale. */
export async function listenLocally(options: LocalServerOptions): Promise<LocalServer> {
  const address = socketAddress(options.dataDir)
  const isFile = process.platform !== 'win32'
  if (isFile) {
    mkdirSync(join(address, '..'), { recursive: true, mode: 0o700 })
    rmSync(address, { force: true })
  }
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.once('data', (chunk: Buffer) => {
      socket.pause()
      if (chunk[0] === RPC) options.connect(socketTransport(socket, chunk.subarray(1)))
      else if (chunk[0] === MINT) socket.end(options.mintUrl?.() ?? '')
      else socket.destroy()
      socket.resume()
    })
  })
  // the file must never exist with wider rights, not even for an instant
  const before = isFile ? process.umask(0o177) : 0
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, resolve)
    })
  } finally {
    if (isFile) process.umask(before)
  }
  if (isFile) chmodSync(address, 0o600)
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** @throws WatchdeckError `unavailable` when nobody listens there */
function dial(address: string, hello: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    socket.once('error', (cause) =>
      reject(
        new WatchdeckError('unavailable', 'The running Watchdeck does not answer on its local socket.', { cause }),
      ),
    )
    socket.once('connect', () => {
      socket.write(Uint8Array.of(hello))
      resolve(socket)
    })
  })
}

export async function dialEngine(address: string): Promise<Transport> {
  return socketTransport(await dial(address, RPC))
}

/** A fresh address of the running browser shell; undefined when the engine runs in another shell. */
export async function askForUrl(address: string): Promise<string | undefined> {
  const socket = await dial(address, MINT)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text === '' ? undefined : text
}

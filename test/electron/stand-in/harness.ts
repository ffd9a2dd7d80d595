// The test's side of the stand-in: starts the built main process, asks it things, and is a page for it by running the
// built preload.

import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import type { Client } from '../../../src/shared/rpc/api.ts'
import { createClient } from '../../../src/shared/rpc/client.ts'
import { messagePortTransport, type PortLike } from '../../../src/shared/rpc/transports.ts'
import { isPumped, Pump } from './ports.ts'

export const OUT = resolve(import.meta.dirname, '../../../out')
export const PAGE = 'watchdeck://app/index.html'

export interface WindowState {
  readonly options: {
    readonly webPreferences: Record<string, unknown>
    readonly x?: number
    readonly y?: number
    readonly width: number
  }
  readonly url: string
  readonly minimized: boolean
}

export interface State {
  readonly schemes: ReadonlyArray<{ scheme: string; privileges: Record<string, boolean> }>
  readonly windows: readonly WindowState[]
  readonly engines: ReadonlyArray<{ pid: number; gone: boolean }>
  readonly external: readonly string[]
  readonly errorBoxes: readonly string[][]
  readonly messageBoxes: readonly string[]
  readonly menu: unknown[]
  readonly sandboxed: boolean
  readonly focused: number
  readonly lockData: unknown
  readonly paths: Readonly<Record<string, string>>
  readonly crashUpload: boolean | undefined
  readonly dragged: readonly string[]
  readonly trays: number
  readonly reloads: number
  readonly opened: readonly string[]
}

export interface FromMain {
  readonly channel: string
  readonly message: unknown
  readonly ports: readonly PortLike[]
}

export interface StandIn extends AsyncDisposable {
  readonly dataDir: string
  /** the program's exit code, once it has ended */
  readonly exited: Promise<number | null>
  readonly stderr: () => string
  ask<T = void>(op: string, ...args: unknown[]): Promise<T>
  state(): Promise<State>
  /** what main posts to frames, and (channel, args) what it sends to windows */
  readonly events: EventEmitter<{ page: [FromMain]; sent: [string, unknown[]] }>
}

export interface StandInOptions {
  words?: readonly string[]
  /** another program has the single-instance lock */
  lockHeld?: boolean
  dataDir?: string
  /** default true: the app becomes ready */
  ready?: boolean
  /** what safeStorage says it keeps keys in; without it there is none */
  keyring?: string
  /** what begins what it seals */
  seal?: string
  language?: string
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'watchdeck-electron-'))
  const child: ChildProcess = fork(
    join(import.meta.dirname, 'main-child.ts'),
    [join(OUT, 'main', 'index.js'), ...(options.words ?? [])],
    {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      env: {
        ...process.env,
        WATCHDECK_DATA_DIR: dataDir,
        ...(options.lockHeld ? { STAND_IN_LOCK: 'held' } : {}),
        ...(options.keyring ? { STAND_IN_KEYRING: options.keyring } : {}),
        ...(options.seal ? { STAND_IN_SEAL: options.seal } : {}),
        ...(options.language ? { STAND_IN_LANGUAGE: options.language } : {}),
      },
    },
  )
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const events: StandIn['events'] = new EventEmitter()
  const asked = new Map<string, { resolve(value: unknown): void; reject(error: Error): void }>()
  const tell = (message: object) => void (child.connected && child.send(message))
  const pump = new Pump(tell)
  const loaded = new Promise<void>((done) => {
    child.on('message', (message: unknown) => {
      if (isPumped(message)) pump.take(message)
      else if (!isObject(message)) return
      else if ('loaded' in message) done()
      else if (typeof message['answer'] === 'string') {
        const waiting = asked.get(message['answer'])
        if ('error' in message) waiting?.reject(new Error(String(message['error'])))
        else waiting?.resolve(message['value'])
      } else if (isObject(message['page'])) {
        const { channel, message: data, ports } = message['page']
        const open = (Array.isArray(ports) ? ports : []).map((id: unknown) => pump.open(Number(id)))
        events.emit('page', { channel: String(channel), message: data, ports: open })
      } else if (isObject(message['sent'])) {
        const { channel, args } = message['sent']
        events.emit('sent', String(channel), Array.isArray(args) ? args : [])
      }
    })
  })
  void exited.then(() => pump.closeAll())

  const ask = <T>(op: string, ...args: unknown[]): Promise<T> => {
    const id = randomUUID()
    return new Promise<T>((done, fail) => {
      asked.set(id, { resolve: (value) => done(value as T), reject: fail })
      void exited.then(() => fail(new Error(`the program has ended: ${stderr}`)))
      tell({ op, id, args })
    })
  }
  await Promise.race([loaded, exited])
  if (options.ready !== false && child.exitCode === null) await ask('ready')
  return {
    dataDir,
    exited,
    stderr: () => stderr,
    ask,
    state: () => ask<State>('state'),
    events,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect()
        await exited
      }
      if (options.dataDir === undefined)
        rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** What the preload puts on the window. */
export interface Bridge {
  requestPort(nonce: unknown): void
  pathForFile(file: File): string
  chooseSave(name: unknown): Promise<unknown>
  drag(path: unknown): void
  speak(language: unknown): void
  onOpen(take: (intent: unknown) => void): void
}

export interface PreloadPage {
  readonly bridge: Bridge
  /** everything on the window that the preload exposed */
  readonly exposed: Readonly<Record<string, unknown>>
  /** messages that the preload posted to its own window */
  readonly posted: ReadonlyArray<{ data: unknown; ports: readonly PortLike[] }>
  /** a pipe's end by the handshake that the page does */
  port(): Promise<PortLike>
  connect(options?: { reconnect?: boolean }): Client
}

/** The built preload in this process, as the page of a window; `url` and `top` as another frame would have them. */
export function openPage(standIn: StandIn, { url = PAGE, top = true, window = 0 } = {}): PreloadPage {
  const ipc = new EventEmitter()
  const exposed: Record<string, unknown> = {}
  const posted: Array<{ data: unknown; ports: readonly PortLike[] }> = []
  const arrived = new EventEmitter()
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void (exposed[name] = api) },
    ipcRenderer: Object.assign(ipc, {
      send: (channel: string, ...args: unknown[]) => void standIn.ask('send', channel, args, url, top, window),
    }),
    webUtils: { getPathForFile: (file: File) => `/dropped/${file.name}` },
  }
  standIn.events.on('page', ({ channel, message, ports }) => ipc.emit(channel, { ports }, message))
  standIn.events.on('sent', (channel, args) => ipc.emit(channel, {}, ...args))
  const page = {
    postMessage(data: unknown, _origin: string, ports: PortLike[]) {
      posted.push({ data, ports })
      arrived.emit(String(data), ports[0])
    },
  }
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`)
    return electron
  }
  const run = compileFunction(readFileSync(join(OUT, 'preload', 'index.cjs'), 'utf8'), [
    'require',
    'exports',
    'module',
    'window',
    'location',
  ])
  run(require, {}, { exports: {} }, page, { origin: 'watchdeck://app' })
  const bridge = exposed['watchdeck'] as Bridge
  const port = () => {
    const nonce = randomUUID()
    return new Promise<PortLike>((done) => {
      arrived.once(`watchdeck:port:${nonce}`, done)
      bridge.requestPort(nonce)
    })
  }
  return {
    bridge,
    exposed,
    posted,
    port,
    connect: ({ reconnect = true } = {}) =>
      createClient({ connect: async () => messagePortTransport(await port()), reconnect }),
  }
}

/** Asks again until the answer is as wished; the test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T>, wished: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask()
    if (wished(value)) return value
    await new Promise((done) => setTimeout(done, 50))
  }
}

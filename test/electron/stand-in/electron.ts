// Stands in for the `electron` module in the built main process: as much of it as Watchdeck uses, checked against
// Electron's own declarations at the end of this file. Windows are records; the engine is a real child process; what
// happened is told to the test through `world`.

import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type * as Electron from 'electron'
import { isPumped, Pump, StandInChannel, type StandInPort } from './ports.ts'

type Handler = (request: Request) => Response | Promise<Response>
type WindowOpenHandler = (details: { url: string }) => { action: string }
type Decide = (allowed: boolean) => void

interface World {
  schemes: unknown[]
  handlers: Map<string, Handler>
  windows: BrowserWindow[]
  engines: ChildProcess[]
  external: string[]
  errorBoxes: string[][]
  messageBoxes: string[]
  /** button that the next message box answers with */
  answer: number
  menu: unknown[]
  sandboxed: boolean
  focused: number
  exitCode: number | undefined
  permission: {
    request?: (name: string, url: string) => boolean
    check?: (name: string, origin: string) => boolean
    device?: () => boolean
  }
  hasLock: boolean
  lockData: unknown
  paths: Record<string, string>
  crashUpload: boolean | undefined
  /** what the next file dialog answers */
  chosen: string[]
  dragged: string[]
  trays: number
  reloads: number
  opened: string[]
  keyring: { available: boolean; backend: string }
}

export const world: World = {
  schemes: [],
  handlers: new Map(),
  windows: [],
  engines: [],
  external: [],
  errorBoxes: [],
  messageBoxes: [],
  answer: 1,
  menu: [],
  sandboxed: false,
  focused: 0,
  exitCode: undefined,
  permission: {},
  hasLock: process.env['STAND_IN_LOCK'] !== 'held',
  lockData: undefined,
  paths: {},
  crashUpload: undefined,
  chosen: [],
  dragged: [],
  trays: 0,
  reloads: 0,
  opened: [],
  keyring: {
    available: process.env['STAND_IN_KEYRING'] !== undefined,
    backend: process.env['STAND_IN_KEYRING'] ?? 'unknown',
  },
}

/** An event that its listeners may prevent. */
export function preventable(more: object = {}): { prevented: boolean; preventDefault(): void } {
  const event = { ...more, prevented: false, preventDefault: () => void (event.prevented = true) }
  return event
}

let markReady = () => undefined as void
const ready = new Promise<void>((resolve) => (markReady = resolve))
export { markReady }

class App extends EventEmitter {
  readonly isPackaged = false

  requestSingleInstanceLock(data?: unknown): boolean {
    world.lockData = data
    return world.hasLock
  }
  getPreferredSystemLanguages(): string[] {
    return [process.env['STAND_IN_LANGUAGE'] ?? 'en-GB']
  }
  setPath(name: string, path: string): void {
    world.paths[name] = path
  }
  enableSandbox(): void {
    world.sandboxed = true
  }
  whenReady(): Promise<void> {
    return ready
  }
  quit(): void {
    const event = preventable()
    this.emit('before-quit', event)
    if (!event.prevented) this.exit(0)
  }
  exit(code = 0): void {
    world.exitCode = code
    process.exit(code)
  }
}
export const app = new App()

export class WebContents extends EventEmitter {
  readonly sent: Array<{ channel: string; args: unknown[] }> = []
  openHandler: WindowOpenHandler | undefined

  send(channel: string, ...args: unknown[]): void {
    this.sent.push({ channel, args })
    this.emit('stand-in:sent', channel, args)
  }
  startDrag(item: Electron.Item): void {
    world.dragged.push(String(item.file))
  }
  reload(): void {
    world.reloads++
    this.emit('did-start-loading')
  }
  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.openHandler = handler
  }
}

export class BrowserWindow extends EventEmitter {
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return world.windows.find((window) => window.webContents === contents) ?? null
  }
  static getAllWindows(): BrowserWindow[] {
    return [...world.windows]
  }
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly webContents = new WebContents()
  url = ''
  minimized = false
  maximized = false

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    world.windows.push(this)
    app.emit('web-contents-created', preventable(), this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.emit('did-start-loading')
    this.url = url
  }
  focus(): void {
    world.focused++
  }
  maximize(): void {
    this.maximized = true
  }
  isMaximized(): boolean {
    return this.maximized
  }
  getNormalBounds(): Electron.Rectangle {
    const { x = 40, y = 40, width = 800, height = 600 } = this.options
    return { x, y, width, height }
  }
  isDestroyed(): boolean {
    return !world.windows.includes(this)
  }
  isMinimized(): boolean {
    return this.minimized
  }
  restore(): void {
    this.minimized = false
  }
}

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: object, ...args: unknown[]) => unknown>()
  handle(channel: string, handler: (event: object, ...args: never[]) => unknown): void {
    this.handlers.set(channel, handler as (event: object, ...args: unknown[]) => unknown)
  }
}
export const ipcMain = new IpcMain()

export const protocol = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    world.schemes.push(...schemes)
  },
  handle(scheme: string, handler: Handler): void {
    world.handlers.set(scheme, handler)
  },
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler(
      handler: (contents: never, permission: string, decide: Decide, details: { requestingUrl: string }) => void,
    ): void {
      world.permission.request = (name, requestingUrl) => {
        let allowed = false
        handler(undefined as never, name, (answer) => void (allowed = answer), { requestingUrl })
        return allowed
      }
    },
    setDevicePermissionHandler(handler: (details: never) => boolean): void {
      world.permission.device = () => handler(undefined as never)
    },
    setPermissionCheckHandler(handler: (contents: null, permission: string, origin: string) => boolean): void {
      world.permission.check = (name, origin) => handler(null, name, origin)
    },
  },
}

export const shell = {
  async openPath(path: string): Promise<string> {
    world.opened.push(path)
    return ''
  },
  async openExternal(url: string): Promise<void> {
    world.external.push(url)
  },
}

export const screen = {
  getAllDisplays: (): Array<{ workArea: Electron.Rectangle }> => [
    { workArea: { x: 0, y: 0, width: 1920, height: 1040 } },
  ],
}

export const crashReporter = {
  start(options: Electron.CrashReporterStartOptions): void {
    world.crashUpload = options.uploadToServer
  },
}

/** "Encrypts" by reversing, marked as Chromium marks a key of the keyring: what is tested is who is asked for what. */
const mark = process.env['STAND_IN_SEAL'] ?? 'v11'
export const safeStorage = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => world.keyring.available,
  getSelectedStorageBackend: (): string => world.keyring.backend,
  encryptStringAsync: async (text: string): Promise<Buffer> => Buffer.from(mark + [...text].reverse().join('')),
  decryptStringAsync: async (sealed: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> => ({
    // as for a key that was replaced: all marks have three letters
    shouldReEncrypt: !sealed.toString().startsWith(mark),
    result: [...sealed.toString().slice(mark.length)].reverse().join(''),
  }),
}

export class Tray extends EventEmitter {
  constructor(_icon: string) {
    super()
    world.trays++
  }
  setToolTip(): void {
    // nothing is shown here
  }
  setContextMenu(): void {
    // nothing is shown here
  }
  destroy(): void {
    world.trays--
  }
}

export const dialog = {
  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    return { canceled: world.chosen.length === 0, filePaths: world.chosen }
  },
  async showSaveDialog(options: Electron.SaveDialogOptions): Promise<{ canceled: boolean; filePath: string }> {
    const [folder] = world.chosen
    return folder === undefined
      ? { canceled: true, filePath: '' }
      : { canceled: false, filePath: join(folder, options.defaultPath ?? '') }
  },
  showErrorBox(title: string, content: string): void {
    world.errorBoxes.push([title, content])
    process.stderr.write(`${title}: ${content}\n`)
  },
  async showMessageBox(options: { message: string }): Promise<{ response: number; checkboxChecked: boolean }> {
    world.messageBoxes.push(options.message)
    return { response: world.answer, checkboxChecked: false }
  },
}

export const Menu = {
  buildFromTemplate: (template: unknown[]): unknown[] => template,
  setApplicationMenu(menu: unknown[] | null): void {
    world.menu = menu ?? []
  },
}

export const MessageChannelMain = StandInChannel

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess
  readonly #pump: Pump
  static #ports = 0

  constructor(script: string, args: readonly string[]) {
    super()
    this.#child = fork(join(import.meta.dirname, 'utility-child.ts'), [script, ...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    world.engines.push(this.#child)
    this.#pump = new Pump((message) => this.#tell(message))
    this.#child.on('message', (message: unknown) => {
      if (isPumped(message)) this.#pump.take(message)
      else if (typeof message === 'object' && message !== null && 'posted' in message)
        this.emit('message', message.posted)
    })
    this.#child.on('exit', (code) => {
      this.#pump.closeAll()
      this.emit('exit', code ?? 1)
    })
  }
  get pid(): number | undefined {
    return this.#child.pid
  }
  postMessage(data: unknown, ports: readonly StandInPort[] = []): void {
    const ids = ports.map((port) => {
      const id = ++UtilityProcess.#ports
      this.#pump.attach(id, port)
      return id
    })
    this.#tell({ post: data, ports: ids })
  }
  kill(): boolean {
    return this.#child.kill()
  }
  /** a process that is gone swallows what it is sent, as Electron's does */
  #tell(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

export const utilityProcess = {
  fork: (script: string, args: string[] = [], _options: Electron.ForkOptions = {}): UtilityProcess =>
    new UtilityProcess(script, args),
}

// What Watchdeck uses must be as Electron declares it. Members that take or give other Electron objects are compared by
// the parameters that matter; events are strings to both.
type Module = typeof Electron
type Same<A, B> = A extends B ? true : never
const checks: ReadonlyArray<true> = [
  true satisfies Same<
    Pick<App, 'requestSingleInstanceLock' | 'enableSandbox' | 'whenReady' | 'quit' | 'exit' | 'isPackaged'>,
    {
      [K in 'requestSingleInstanceLock' | 'enableSandbox' | 'quit' | 'exit' | 'isPackaged']: Electron.App[K]
    } & { whenReady(): Promise<void> }
  >,
  true satisfies Same<typeof protocol, Pick<Module['protocol'], 'registerSchemesAsPrivileged' | 'handle'>>,
  true satisfies Same<typeof shell, Pick<Module['shell'], 'openExternal'>>,
  true satisfies Same<typeof crashReporter, Pick<Module['crashReporter'], 'start'>>,
  true satisfies Same<
    Pick<typeof safeStorage, 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'>,
    Pick<Module['safeStorage'], 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'>
  >,
  true satisfies Same<Pick<typeof shell, 'openPath'>, Pick<Module['shell'], 'openPath'>>,
  true satisfies Same<Pick<typeof dialog, 'showErrorBox'>, Pick<Module['dialog'], 'showErrorBox'>>,
  true satisfies Same<
    Pick<
      BrowserWindow,
      'loadURL' | 'focus' | 'isMinimized' | 'isDestroyed' | 'restore' | 'maximize' | 'isMaximized' | 'getNormalBounds'
    >,
    Pick<
      Electron.BrowserWindow,
      'loadURL' | 'focus' | 'isMinimized' | 'isDestroyed' | 'restore' | 'maximize' | 'isMaximized' | 'getNormalBounds'
    >
  >,
  true satisfies Same<ConstructorParameters<typeof BrowserWindow>, ConstructorParameters<Module['BrowserWindow']>>,
  true satisfies Same<Pick<StandInPort, 'start' | 'close'>, Pick<Electron.MessagePortMain, 'start' | 'close'>>,
  true satisfies Same<Pick<WebContents, 'reload'>, Pick<Electron.WebContents, 'reload'>>,
  true satisfies Same<Parameters<Electron.WebContents['send']>, Parameters<WebContents['send']>>,
  true satisfies Same<Pick<UtilityProcess, 'kill'>, Pick<Electron.UtilityProcess, 'kill'>>,
  true satisfies Same<Parameters<(typeof utilityProcess)['fork']>, Parameters<Module['utilityProcess']['fork']>>,
]
void checks

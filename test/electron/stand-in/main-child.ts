// Runs the built main process with the stand-in for `electron`, and does what the test asks over the process's channel:
// events of the system, messages of a page, questions about what was set up.

import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { app, type BrowserWindow, ipcMain, markReady, preventable, world } from './electron.ts'
import { isPumped, Pump, type StandInPort } from './ports.ts'

const standIn = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})

const tell = (message: unknown) => void process.send?.(message)
const pump = new Pump(tell)
let ports = 0

/** The frame of a page, as `senderFrame`; what main posts to it goes to the test with the ports. */
function frame(url: string, top: boolean) {
  return {
    url,
    parent: top ? null : {},
    postMessage(channel: string, message: unknown, transfer: StandInPort[] = []) {
      const ids = transfer.map((port) => {
        const id = ++ports
        pump.attach(id, port)
        return id
      })
      tell({ page: { channel, message, ports: ids } })
    },
  }
}

interface MenuItem {
  readonly label?: string
  readonly submenu?: readonly MenuItem[]
  readonly click?: (item: { checked: boolean }) => void
}

const windowAt = (index: number): BrowserWindow => {
  const window = world.windows[index]
  if (!window) throw new Error(`there is no window ${index}`)
  return window
}

const OPS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  ready: () => markReady(),
  state: () => ({
    schemes: world.schemes,
    windows: world.windows.map(({ options, url, minimized }) => ({
      options: JSON.parse(JSON.stringify(options)),
      url,
      minimized,
    })),
    engines: world.engines.map((child) => ({
      pid: child.pid,
      gone: child.exitCode !== null || child.signalCode !== null,
    })),
    external: world.external,
    errorBoxes: world.errorBoxes,
    messageBoxes: world.messageBoxes,
    menu: JSON.parse(JSON.stringify(world.menu)),
    sandboxed: world.sandboxed,
    focused: world.focused,
    lockData: world.lockData,
    paths: world.paths,
    crashUpload: world.crashUpload,
    dragged: world.dragged,
    trays: world.trays,
    reloads: world.reloads,
    opened: world.opened,
  }),
  send(channel: string, args: unknown[], url: string, top: boolean, window: number) {
    const { webContents } = windowAt(window)
    if (webContents.listenerCount('stand-in:sent') === 0)
      webContents.on('stand-in:sent', (name: string, sent: unknown[]) => tell({ sent: { channel: name, args: sent } }))
    ipcMain.emit(channel, { senderFrame: frame(url, top), sender: webContents }, ...args)
  },
  async fetch(url: string, method: string) {
    const handler = world.handlers.get(new URL(url).protocol.slice(0, -1))
    if (!handler) return { status: 0, headers: {}, body: new Uint8Array(0) }
    const response = await handler(new Request(url, { method }))
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    }
  },
  navigate(url: string, by: string, isMainFrame: boolean) {
    const event = preventable({ url, isMainFrame })
    windowAt(0).webContents.emit(by, event)
    return event.prevented
  },
  pageGone: (reason: string) => void windowAt(0).webContents.emit('render-process-gone', preventable(), { reason }),
  webview() {
    const event = preventable()
    windowAt(0).webContents.emit('will-attach-webview', event)
    return event.prevented
  },
  windowOpen: (url: string) => windowAt(0).webContents.openHandler?.({ url }).action,
  permission: (name: string, url: string) => [
    world.permission.request?.(name, url),
    world.permission.check?.(name, new URL(url).origin === 'null' ? url : new URL(url).origin),
    world.permission.device?.(),
  ],
  minimize: () => void (windowAt(0).minimized = true),
  closeWindow() {
    const [window] = world.windows.splice(0, 1)
    window?.emit('close', preventable())
    window?.webContents.emit('destroyed')
  },
  choose: (paths: string[]) => void (world.chosen = paths),
  async invoke(channel: string, args: unknown[], url: string, top: boolean) {
    return await ipcMain.handlers.get(channel)?.(
      { senderFrame: frame(url, top), sender: windowAt(0).webContents },
      ...args,
    )
  },
  /** clicks what has this label, with what a checkbox then shows */
  menu(label: string, checked: boolean) {
    const find = (items: readonly MenuItem[]): MenuItem | undefined => {
      for (const item of items) {
        const found = item.label === label && item.click ? item : find(item.submenu ?? [])
        if (found) return found
      }
      return undefined
    }
    const item = find(world.menu as MenuItem[])
    if (!item) throw new Error(`the menu has no ${label}`)
    item.click?.({ checked })
  },
  answer: (button: number) => void (world.answer = button),
  appEvent(name: string, args: unknown[]) {
    app.emit(name, preventable(), ...args)
  },
  quit: () => app.quit(),
}

process.on('message', (message: unknown) => {
  if (isPumped(message)) return pump.take(message)
  if (typeof message !== 'object' || message === null || !('op' in message) || !('id' in message)) return
  const { op, id } = message
  const args = 'args' in message && Array.isArray(message.args) ? message.args : []
  const run = async (): Promise<unknown> => await OPS[String(op)]?.(...(args as never[]))
  run().then(
    (value) => tell({ answer: id, value }),
    (error: unknown) => tell({ answer: id, error: String(error) }),
  )
})
// a test that is gone takes its program with it
process.on('disconnect', () => {
  for (const child of world.engines) child.kill('SIGKILL')
  process.exit(1)
})

const [script = '', ...words] = process.argv.slice(2)
process.argv = [process.argv[0] ?? '', '.', ...words]
await import(pathToFileURL(script).href)
tell({ loaded: true })

// Electron's composition root: supervises the engine process and gives each window its page and its port.

import { resolve } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, session } from 'electron'
import { startEngineProcess } from './electron/engine-process.ts'
import { setMenu } from './electron/menu.ts'
import { declareScheme, servePage } from './electron/page.ts'
import { trustSender } from './electron/policies.ts'
import { confine, confineSession, openWindow } from './electron/window.ts'
import { defaultDataDir } from './platform/node.ts'

const out = resolve(import.meta.dirname, '..')
const preload = resolve(out, 'preload', 'index.cjs')

async function start(): Promise<void> {
  confineSession(session.defaultSession)
  servePage(resolve(out, 'renderer'))
  const engine = startEngineProcess({
    script: resolve(out, 'main', 'utility.js'),
    dataDir: defaultDataDir(),
    onGivenUp: () => {
      dialog.showErrorBox('Watchdeck', 'The engine stopped four times within a minute. Its log is in the data folder.')
      app.exit(1)
    },
  })
  ipcMain.on('watchdeck:request-port', (event, nonce: unknown) => {
    if (typeof nonce !== 'string' || !trustSender(event.senderFrame)) return
    event.senderFrame?.postMessage('watchdeck:port', nonce, [engine.port()])
  })
  const open = () => openWindow(preload, '')
  setMenu(open)
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? open()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let stopped = false
  app.on('before-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    void engine.stop().then(() => {
      stopped = true
      app.quit()
    })
  })
  open()
}

if (!app.requestSingleInstanceLock()) app.quit()
else {
  app.enableSandbox()
  declareScheme()
  app.on('web-contents-created', (_event, contents) => confine(contents))
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      process.stderr.write(`Watchdeck could not start: ${String(error)}\n`)
      app.exit(1)
    })
}

// Electron's composition root: supervises the engine process and gives each window its page and its port.

import { resolve } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, session } from 'electron'
import { type EngineProcess, startEngineProcess } from './electron/engine-process.ts'
import { intentOfFile, type LaunchIntent, LaunchQueue, readLaunch, readSecondStart } from './electron/launch.ts'
import { setMenu } from './electron/menu.ts'
import { declareScheme, servePage } from './electron/page.ts'
import { trustSender } from './electron/policies.ts'
import { confine, confineSession, openWindow, showWindow } from './electron/window.ts'
import { defaultDataDir } from './platform/node.ts'

const out = resolve(import.meta.dirname, '..')
const preload = resolve(out, 'preload', 'index.cjs')
// a checkout is started as `electron FOLDER WORDS`, the packaged program as `watchdeck WORDS`
const words = process.argv.slice(app.isPackaged ? 1 : 2)
const launch = readLaunch(words, process.cwd())
const queue = new LaunchQueue()
queue.push(launch.intents)

function startEngine(): EngineProcess {
  const engine = startEngineProcess({
    script: resolve(out, 'main', 'utility.js'),
    dataDir: launch.dataDir ?? defaultDataDir(),
    onGivenUp() {
      dialog
        .showMessageBox({
          type: 'error',
          message: 'The engine stopped four times within a minute.',
          detail: 'Its log is in the folder "logs" of the data folder. What was saved is safe.',
          buttons: ['Start it again', 'Quit'],
          defaultId: 0,
          cancelId: 1,
        })
        .then(({ response }) => (response === 0 ? engine.again() : app.quit()), failed)
    },
    onRefused(reason) {
      dialog.showErrorBox('Watchdeck cannot start', reason)
      app.exit(1)
    },
  })
  return engine
}

async function start(): Promise<void> {
  confineSession(session.defaultSession)
  servePage(resolve(out, 'renderer'))
  const engine = startEngine()
  ipcMain.on('watchdeck:request-port', (event, nonce: unknown) => {
    if (typeof nonce !== 'string' || !trustSender(event.senderFrame)) return
    event.senderFrame?.postMessage('watchdeck:port', nonce, [engine.port()])
  })
  ipcMain.on('watchdeck:listening', (event) => {
    if (!trustSender(event.senderFrame)) return
    const { sender } = event
    const end = queue.listen((intent) => sender.send('watchdeck:open', intent))
    sender.once('destroyed', end)
    sender.once('did-start-loading', end)
  })
  const open = () => openWindow(preload, '')
  const front = () => showWindow(BrowserWindow.getAllWindows()[0] ?? open())
  const take = (intents: readonly LaunchIntent[]) => {
    queue.push(intents)
    front()
  }
  setMenu(open)
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const second = readSecondStart(data)
    take(readLaunch(second.words, second.cwd).intents)
  })
  app.removeListener('open-file', openEarly)
  app.on('open-file', (event, path) => {
    event.preventDefault()
    take([intentOfFile(path)])
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

/** macOS hands over the file of a double click before the program is ready. */
function openEarly(event: { preventDefault(): void }, path: string): void {
  event.preventDefault()
  queue.push([intentOfFile(path)])
}

function failed(error: unknown): void {
  process.stderr.write(`Watchdeck could not start: ${String(error)}\n`)
  app.exit(1)
}

if (!app.requestSingleInstanceLock({ words, cwd: process.cwd() })) app.quit()
else {
  app.enableSandbox()
  declareScheme()
  app.on('web-contents-created', (_event, contents) => confine(contents))
  app.on('open-file', openEarly)
  app.whenReady().then(start).catch(failed)
}

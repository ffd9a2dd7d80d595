// Electron's composition root: supervises the engine process and gives each window its page and its port.

import { join, resolve } from 'node:path'
import { app, BrowserWindow, crashReporter, dialog, ipcMain, Menu, session, shell } from 'electron'
import { type DesktopState, readState, statePath, writeState } from './electron/desktop-state.ts'
import { type EngineProcess, startEngineProcess } from './electron/engine-process.ts'
import { answerFileRequests, chooseFiles } from './electron/files.ts'
import { keychainProtects } from './electron/keychain.ts'
import { intentOfFile, type LaunchIntent, LaunchQueue, readLaunch, readSecondStart } from './electron/launch.ts'
import { menuTemplate } from './electron/menu.ts'
import { declareScheme, servePage } from './electron/page.ts'
import { trustSender } from './electron/policies.ts'
import { holdTray } from './electron/tray.ts'
import { confine, confineSession, openWindow, showWindow } from './electron/window.ts'
import { type ShellLanguage, shellLanguage, shellWords } from './electron/words.ts'
import { defaultDataDir } from './platform/system.ts'

const out = resolve(import.meta.dirname, '..')
const preload = resolve(out, 'preload', 'index.cjs')
const icon = resolve(out, '..', 'resources', 'icon.png')
// a checkout is started as `electron FOLDER WORDS`, the packaged program as `watchdeck WORDS`
const words = process.argv.slice(app.isPackaged ? 1 : 2)
const launch = readLaunch(words, process.cwd())
const dataDir = launch.dataDir ?? defaultDataDir()
const queue = new LaunchQueue()
queue.push(launch.intents)
let language: ShellLanguage = 'en'
const say = () => shellWords(language)

function startEngine(keychain: boolean): EngineProcess {
  const engine = startEngineProcess({
    script: resolve(out, 'main', 'utility.js'),
    dataDir,
    keychain,
    onGivenUp() {
      dialog
        .showMessageBox({
          type: 'error',
          message: say().stopped,
          detail: say().stoppedDetail,
          buttons: [say().again, say().quit],
          defaultId: 0,
          cancelId: 1,
        })
        .then(({ response }) => (response === 0 ? engine.again() : app.quit()), failed)
    },
    onRefused(reason) {
      dialog.showErrorBox(say().cannotStart, reason)
      app.exit(1)
    },
  })
  return engine
}

async function start(): Promise<void> {
  language = shellLanguage(app.getPreferredSystemLanguages())
  confineSession(session.defaultSession)
  servePage(resolve(out, 'renderer'))
  const engine = startEngine(await keychainProtects())
  let state: DesktopState = readState(statePath(dataDir))
  const keep = (change: Partial<DesktopState>) => {
    state = { ...state, ...change }
    if (!writeState(statePath(dataDir), state)) process.stderr.write('the place of the window could not be kept\n')
  }
  const open = () => openWindow({ preload, last: state.window, remember: (window) => keep({ window }) })
  const front = () => showWindow(BrowserWindow.getAllWindows()[0] ?? open())
  const take = (intents: readonly LaunchIntent[]) => {
    if (intents.length > 0) queue.push(intents)
    front()
  }
  const tray = holdTray({ icon, words: say, show: front, quit: () => app.quit() })
  if (state.tray) tray.set(true)
  answerPages(engine)
  answerFileRequests({ words: say, icon })

  const choose = (what: 'incident' | 'telemetry') =>
    void chooseFiles(say(), what).then((intents) => intents.length > 0 && take(intents), failed)
  const folders = { data: dataDir, logs: join(dataDir, 'logs'), crashes: join(dataDir, 'crashes') }
  const setMenu = () =>
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(
        menuTemplate(
          say(),
          {
            newWindow: () => void open(),
            open: () => choose('incident'),
            importFiles: () => choose('telemetry'),
            demo: () => take([{ kind: 'demo' }]),
            show: (folder) => void shell.openPath(folders[folder]),
            setTray(on) {
              tray.set(on)
              keep({ tray: on })
            },
          },
          { platform: process.platform, tray: state.tray },
        ),
      ),
    )
  setMenu()
  ipcMain.on('watchdeck:speak', (event, wanted: unknown) => {
    if (!trustSender(event.senderFrame) || (wanted !== 'en' && wanted !== 'zh-CN') || wanted === language) return
    language = wanted
    setMenu()
  })

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
    if (process.platform !== 'darwin' && !tray.on) app.quit()
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

/** A page asks for its port, and says when it listens for what is to be opened. */
function answerPages(engine: EngineProcess): void {
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

// before anything is read or written: a second start hands its words over and ends
if (!app.requestSingleInstanceLock({ words, cwd: process.cwd() })) app.quit()
else {
  app.enableSandbox()
  declareScheme()
  // crash reports stay on this machine
  app.setPath('crashDumps', join(dataDir, 'crashes'))
  crashReporter.start({ uploadToServer: false })
  app.on('web-contents-created', (_event, contents) => confine(contents))
  app.on('open-file', openEarly)
  app.whenReady().then(start).catch(failed)
}

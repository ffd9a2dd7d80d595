// One window: sandboxed, isolated, on our page and nowhere else, where the last one was.

import { BrowserWindow, screen, type Session, shell, type WebContents } from 'electron'
import { type DesktopState, placeWindow } from './desktop-state.ts'
import { externalUrl, mayNavigate, mayUse, PAGE_ORIGIN, RestartBudget } from './policies.ts'

export interface WindowOptions {
  readonly preload: string
  readonly last: DesktopState['window']
  /** told when a window is about to close: how it stood then */
  remember(window: NonNullable<DesktopState['window']>): void
}

export function openWindow({ preload, last, remember }: WindowOptions): BrowserWindow {
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const window = new BrowserWindow({
    ...placeWindow(last, screens, BrowserWindow.getAllWindows().length),
    minWidth: 960,
    minHeight: 600,
    backgroundColor: '#16181d',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      webviewTag: false,
    },
  })
  if (last?.maximized === true) window.maximize()
  window.on('close', () => remember({ ...window.getNormalBounds(), maximized: window.isMaximized() }))
  reviveWith(window)
  window.loadURL(`${PAGE_ORIGIN}/index.html`).catch((error: unknown) => {
    process.stderr.write(`the page could not be loaded: ${String(error)}\n`)
  })
  return window
}

/** In front of the person, wherever it was. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.focus()
}

/** A page whose process is gone is loaded again, three times a minute at most: work lies in the engine, not in the page. */
function reviveWith(window: BrowserWindow): void {
  const budget = new RestartBudget()
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    const pause = budget.take()
    process.stderr.write(`the page's process is gone (${reason})${pause === undefined ? '' : ': it is loaded again'}\n`)
    if (pause !== undefined)
      setTimeout(() => {
        if (!window.isDestroyed()) window.webContents.reload()
      }, pause)
  })
}

/** For every web contents that will ever be made, whoever makes it. */
export function confine(contents: WebContents): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!mayNavigate(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  // the page has no frames
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const external = externalUrl(url)
    if (external !== undefined)
      shell.openExternal(external).catch((error: unknown) => {
        process.stderr.write(`the link could not be opened: ${String(error)}\n`)
      })
    return { action: 'deny' }
  })
}

export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) =>
    decide(mayUse(permission, details.requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, `${origin}/`))
  // no device: HID, serial, USB
  session.setDevicePermissionHandler(() => false)
}

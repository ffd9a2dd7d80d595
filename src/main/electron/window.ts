// One window: sandboxed, isolated, on our page and nowhere else.

import { BrowserWindow, type Session, shell, type WebContents } from 'electron'
import { externalUrl, mayNavigate, mayUse, PAGE_ORIGIN } from './policies.ts'

export function openWindow(preload: string, route: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
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
  window.loadURL(`${PAGE_ORIGIN}/index.html${route}`).catch((error: unknown) => {
    process.stderr.write(`the page could not be loaded: ${String(error)}\n`)
  })
  return window
}

/** In front of the person, wherever it was. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.focus()
}

/** For every web contents that will ever be made, whoever makes it. */
export function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault()
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
}

// Hands the page one message port to the engine, the path of a file that a person dropped, the system's save dialog, and
// what they wanted opened when they started the program. Nothing else crosses.

import { contextBridge, ipcRenderer, webUtils } from 'electron'

const NONCE = /^[0-9a-f-]{36}$/

contextBridge.exposeInMainWorld('watchdeck', {
  requestPort(nonce: unknown): void {
    if (typeof nonce === 'string' && NONCE.test(nonce)) ipcRenderer.send('watchdeck:request-port', nonce)
  },
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
  /** a place to save an incident file at, by the system's dialog; null when the person thought better of it */
  chooseSave: (name: unknown): Promise<unknown> =>
    ipcRenderer.invoke('watchdeck:choose-save', String(name).slice(0, 200)),
  /** begins to drag a saved incident file out of the window */
  drag(path: unknown): void {
    if (typeof path === 'string') ipcRenderer.send('watchdeck:drag', path)
  },
  /** the language of the menu follows the page's */
  speak(language: unknown): void {
    if (language === 'en' || language === 'zh-CN') ipcRenderer.send('watchdeck:speak', language)
  },
  onOpen(take: (intent: unknown) => void): void {
    ipcRenderer.removeAllListeners('watchdeck:open')
    ipcRenderer.on('watchdeck:open', (_event, intent: unknown) => take(intent))
    ipcRenderer.send('watchdeck:listening')
  },
})

ipcRenderer.on('watchdeck:port', (event, nonce: unknown) => {
  const port = event.ports[0]
  // ports cannot cross the context bridge; a message to one's own window can carry them
  if (port && typeof nonce === 'string') window.postMessage(`watchdeck:port:${nonce}`, location.origin, [port])
})

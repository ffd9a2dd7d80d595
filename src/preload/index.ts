// Hands the page one message port to the engine, the path of a file that a person dropped, and what they wanted opened
// when they started the program. Nothing else crosses.

import { contextBridge, ipcRenderer, webUtils } from 'electron'

const NONCE = /^[0-9a-f-]{36}$/

contextBridge.exposeInMainWorld('watchdeck', {
  requestPort(nonce: unknown): void {
    if (typeof nonce === 'string' && NONCE.test(nonce)) ipcRenderer.send('watchdeck:request-port', nonce)
  },
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
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

// Runs before the page, as a preload does: `require('electron')` for the built preload, whose ports are real ones of the
// page with their far ends carried to the test by `__toMain`.

export const BRIDGE = `(() => {
  const listeners = new Map()
  const ports = new Map()
  const toBase64 = (bytes) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
  const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  const open = (id) => {
    const { port1, port2 } = new MessageChannel()
    ports.set(id, port1)
    port1.onmessage = ({ data }) =>
      data instanceof Uint8Array ? __toMain('data', id, toBase64(data)) : __toMain('close', id)
    port1.addEventListener('close', () => __toMain('close', id))
    return port2
  }
  const emit = (channel, event, args) => {
    for (const listener of listeners.get(channel) ?? []) listener(event, ...args)
  }
  globalThis.__standIn = (kind, first, rest, ids) => {
    if (kind === 'message') emit(first, { ports: ids.map(open) }, rest)
    else if (kind === 'data') ports.get(first)?.postMessage(fromBase64(rest))
    else {
      // Electron tells a page that the far end of its port is gone; Chromium alone does not: it is told as an engine that ends tells it
      ports.get(first)?.postMessage('watchdeck:close')
      ports.get(first)?.close()
    }
  }
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }),
    },
    ipcRenderer: {
      send: (channel, ...args) => void __toMain('send', channel, args),
      invoke: async () => null,
      on: (channel, listener) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      removeAllListeners: (channel) => void listeners.delete(channel),
    },
    webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
  }
  ;((require, exports, module) => {
/* preload */
  })(() => electron, {}, { exports: {} })
})()
`

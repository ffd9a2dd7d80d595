// How the page reaches its engine: in the browser shell by exchanging the address's one-time token for a cookie and
// opening a WebSocket, in Electron by the message port that the preload hands over. Nothing else of the page knows which.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Client, Transport } from '../../../shared/rpc/api.ts'
import { createClient } from '../../../shared/rpc/client.ts'
import { messagePortTransport, webSocketTransport } from '../../../shared/rpc/transports.ts'

/** What the preload puts on the window (src/preload/index.ts). */
export interface DesktopBridge {
  /** a fresh port to the engine arrives as the window message `watchdeck:port:<nonce>`; ports cannot cross the bridge */
  requestPort(nonce: string): void
  /** path of a dropped or chosen file */
  pathForFile(file: File): string
  /** a place to save an incident file at, by the system's dialog; null when the person thought better of it */
  chooseSave(name: string): Promise<unknown>
  /** begins to drag a saved incident file out of the window */
  drag(path: string): void
  /** the language of the native menu follows the page's */
  speak(language: 'en' | 'zh-CN'): void
  /** tells what to open: what was asked for before this call at once, later wishes (a second start, a double click) as they come */
  onOpen(take: (intent: unknown) => void): void
}

declare global {
  interface Window {
    watchdeck?: DesktopBridge
    __WATCHDECK_TEST__?: boolean
    __idle?: () => Promise<void>
    /** the commands of what is on screen */
    __commands?: () => ReadonlyArray<{ id: string; title: string; keys?: readonly string[]; group?: string }>
    /** what `__idle` still waits for, for a test that hangs */
    __idleState?: () => Readonly<Record<string, unknown>>
  }
}

export const isDesktop = (): boolean => window.watchdeck !== undefined

/** Takes `#token=..` out of the address before anything else reads or keeps it. */
export function takeToken(): string | undefined {
  const m = /^#token=([^&]+)(?:&(.*))?$/.exec(location.hash)
  if (!m) return undefined
  history.replaceState(null, '', m[2] ? `#/${m[2].replace(/^\/?/, '')}` : location.pathname + location.search)
  return decodeURIComponent(m[1] as string)
}

async function exchange(token: string): Promise<void> {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
    credentials: 'same-origin',
  })
  if (!answer.ok)
    throw new WatchdeckError('unauthenticated', 'This link has been used or is too old.', {
      messageKey: 'app.tokenRefused',
      hint: 'Open the address that Watchdeck printed last, or run `watchdeck serve` again.',
    })
}

async function browserTransport(): Promise<Transport> {
  const url = new URL('/rpc', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  url.search = ''
  return webSocketTransport(new WebSocket(url))
}

/** How long the main process may take to start an engine before we say so. */
const PORT_WAIT_MS = 20_000

function desktopTransport(bridge: DesktopBridge): Promise<Transport> {
  const nonce = crypto.randomUUID()
  return new Promise((resolve, reject) => {
    const give = (): void => {
      window.removeEventListener('message', take)
      reject(new WatchdeckError('unavailable', 'The engine gave no connection.'))
    }
    const timer = setTimeout(give, PORT_WAIT_MS)
    const take = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0]
      if (event.source !== window || event.data !== `watchdeck:port:${nonce}` || !port) return
      clearTimeout(timer)
      window.removeEventListener('message', take)
      resolve(messagePortTransport(port))
    }
    window.addEventListener('message', take)
    bridge.requestPort(nonce)
  })
}

/** @throws WatchdeckError `unauthenticated` when the token of the address is refused. */
export async function connectEngine(): Promise<Client> {
  const bridge = window.watchdeck
  if (bridge) return createClient({ connect: () => desktopTransport(bridge), reconnect: true })
  const token = takeToken()
  if (token !== undefined) await exchange(token)
  return createClient({ connect: browserTransport, reconnect: true })
}

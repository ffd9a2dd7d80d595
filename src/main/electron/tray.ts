// The tray: only when a person asked for it. With it, closing the last window keeps the engine running.

import { Menu, Tray } from 'electron'
import type { ShellWords } from './words.ts'

export interface TrayHolder {
  readonly on: boolean
  set(on: boolean): void
}

export function holdTray(options: { icon: string; words(): ShellWords; show(): void; quit(): void }): TrayHolder {
  let tray: Tray | undefined
  return {
    get on() {
      return tray !== undefined
    },
    set(on) {
      if (!on) {
        tray?.destroy()
        tray = undefined
        return
      }
      if (tray) return
      const words = options.words()
      tray = new Tray(options.icon)
      tray.setToolTip('Watchdeck')
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: words.show, click: options.show },
          { label: words.quit, click: options.quit },
        ]),
      )
      tray.on('click', options.show)
    },
  }
}

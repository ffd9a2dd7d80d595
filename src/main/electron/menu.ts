// The least menu with which copy, paste, zoom and quit work everywhere; everything else is in the palette.

import { Menu, type MenuItemConstructorOptions } from 'electron'

export function setMenu(newWindow: () => void): void {
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : []
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...mac,
      {
        role: 'fileMenu',
        submenu: [
          { label: 'New window', accelerator: 'CmdOrCtrl+Shift+N', click: newWindow },
          { role: 'close' },
          { role: 'quit' },
        ],
      },
      { role: 'editMenu' },
      {
        role: 'viewMenu',
        submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
      },
      { role: 'windowMenu' },
    ]),
  )
}

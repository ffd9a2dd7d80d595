// The native menu: what must work without the page (windows, files, copy and paste, zoom, folders). Everything else is in
// the palette. Its shape is a pure function; roles do what the system does, in our words.

import type { MenuItemConstructorOptions } from 'electron'
import type { ShellWords } from './words.ts'

export interface MenuActions {
  newWindow(): void
  open(): void
  importFiles(): void
  demo(): void
  show(folder: 'data' | 'logs' | 'crashes'): void
  setTray(on: boolean): void
}

export function menuTemplate(
  words: ShellWords,
  actions: MenuActions,
  options: { readonly platform: NodeJS.Platform; readonly tray: boolean },
): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin'
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      role: 'fileMenu',
      label: words.file,
      submenu: [
        { label: words.newWindow, accelerator: 'CmdOrCtrl+Shift+N', click: actions.newWindow },
        { type: 'separator' },
        { label: words.open, accelerator: 'CmdOrCtrl+O', click: actions.open },
        { label: words.importFiles, accelerator: 'CmdOrCtrl+Shift+O', click: actions.importFiles },
        { label: words.demo, click: actions.demo },
        { type: 'separator' },
        { role: 'close', label: words.close },
        ...(mac ? [] : [{ role: 'quit', label: words.quit } as const]),
      ],
    },
    {
      role: 'editMenu',
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        { type: 'separator' },
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      role: 'viewMenu',
      label: words.view,
      submenu: [
        { role: 'reload', label: words.reload },
        { type: 'separator' },
        { role: 'resetZoom', label: words.resetZoom },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        { role: 'togglefullscreen', label: words.fullscreen },
      ],
    },
    {
      role: 'windowMenu',
      label: words.window,
      submenu: [
        { role: 'minimize', label: words.minimize },
        { label: words.tray, type: 'checkbox', checked: options.tray, click: (item) => actions.setTray(item.checked) },
      ],
    },
    {
      role: 'help',
      label: words.help,
      submenu: [
        { label: words.dataFolder, click: () => actions.show('data') },
        { label: words.logFolder, click: () => actions.show('logs') },
        { label: words.crashFolder, click: () => actions.show('crashes') },
      ],
    },
  ]
}

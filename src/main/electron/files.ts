// Files between the person and the page: native dialogs, and an incident file dragged out of the window.

import { existsSync } from 'node:fs'
import { BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { intentOfFile, type LaunchIntent } from './launch.ts'
import { draggable, saveName, trustSender } from './policies.ts'
import type { ShellWords } from './words.ts'

/** The chosen files as what to do with them; none when the person thought better of it. */
export async function chooseFiles(words: ShellWords, what: 'incident' | 'telemetry'): Promise<LaunchIntent[]> {
  const incident = [{ name: words.incidentFiles, extensions: ['watchdeck'] }]
  const { canceled, filePaths } = await dialog.showOpenDialog(
    what === 'incident'
      ? { properties: ['openFile'], filters: [...incident, { name: words.allFiles, extensions: ['*'] }] }
      : { properties: ['openFile', 'multiSelections'] },
  )
  if (canceled || filePaths.length === 0) return []
  const [first] = filePaths
  if (what === 'incident' && first !== undefined) return [intentOfFile(first)]
  return [{ kind: 'import', paths: filePaths }]
}

export interface FileRequests {
  words(): ShellWords
  /** picture under the pointer while a file is dragged */
  readonly icon: string
}

/** What a page may ask for: a place to save an incident file at, and to drag one that it saved. */
export function answerFileRequests(requests: FileRequests): void {
  ipcMain.handle('watchdeck:choose-save', async (event: IpcMainInvokeEvent, name: unknown) => {
    if (!trustSender(event.senderFrame)) return null
    const { canceled, filePath } = await dialog.showSaveDialog({
      defaultPath: saveName(name),
      filters: [{ name: requests.words().incidentFiles, extensions: ['watchdeck'] }],
    })
    return canceled || filePath === '' ? null : filePath
  })
  ipcMain.on('watchdeck:drag', (event: IpcMainEvent, path: unknown) => {
    if (!trustSender(event.senderFrame)) return
    const file = draggable(path, existsSync)
    if (file !== undefined && BrowserWindow.fromWebContents(event.sender))
      event.sender.startDrag({ file, icon: requests.icon })
  })
}

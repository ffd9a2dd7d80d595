// Files that a person brings, dropped or chosen. In the browser shell they travel to the engine first, with progress and
// cancel (BringingFiles.tsx shows it). An incident file opens at once; everything else goes to the import preview.

import { create } from 'zustand'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { t } from '../i18n/index.ts'
import { isDesktop } from '../lib/engine/connect.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import { beginBusy } from '../lib/idle.ts'
import { pathOfFile } from '../lib/upload.ts'
import { openIncidentFile } from './incident-file.ts'
import { openTarget } from './links.ts'
import { toastError } from './toasts.ts'

export interface Bringing {
  /** the file on its way */
  readonly name: string
  readonly done: number
  readonly files: number
  readonly sentBytes: number
  readonly bytes: number
  readonly cancel: () => void
}

export const useBringing = create<{ bringing: Bringing | undefined }>()(() => ({ bringing: undefined }))

/** As many as the engine takes from folders. */
const MAX_FILES = 10_000

const isIncidentFile = (file: File): boolean => file.name.toLowerCase().endsWith('.watchdeck')

/** Files and folders of a drop. Must be called while the drop event is being handled: its items are gone afterwards. */
export function takeDrop(transfer: DataTransfer): Promise<void> {
  const files = [...transfer.files]
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  // the desktop gives the path of a folder, and the engine walks it itself
  if (isDesktop() || !entries.some((entry) => entry.isDirectory)) return takeFiles(files)
  return withErrors(async () => {
    const found: File[] = []
    for (const entry of entries) await walk(entry, found)
    if (found.length === 0)
      throw new WatchdeckError('not_found', 'There are no files in these folders.', {
        messageKey: 'workbench.bring.emptyFolder',
      })
    await takeFiles(found)
  })
}

async function withErrors(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    toastError(asWatchdeckError(error), t('workbench.bring.failed'))
  }
}

async function walk(entry: FileSystemEntry, into: File[]): Promise<void> {
  // hidden files are left out, as the engine does in folders it walks itself
  if (entry.name.startsWith('.')) return
  if (into.length >= MAX_FILES)
    throw new WatchdeckError('limit_exceeded', `More than ${MAX_FILES} files.`, {
      messageKey: 'workbench.bring.tooMany',
    })
  if (entry instanceof FileSystemFileEntry) {
    into.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)))
    return
  }
  if (!(entry instanceof FileSystemDirectoryEntry)) return
  const reader = entry.createReader()
  for (;;) {
    // a reader hands out its entries in portions until an empty one
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return
    portion.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const inner of portion) await walk(inner, into)
  }
}

export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return
  const idle = beginBusy()
  try {
    await bring(files)
  } finally {
    useBringing.setState({ bringing: undefined })
    idle()
  }
}

async function bring(files: readonly File[]): Promise<void> {
  const controller = new AbortController()
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const paths: string[] = []
  let before = 0
  for (const [index, file] of files.entries()) {
    const tell = (sent: number): void =>
      useBringing.setState({
        bringing: {
          name: file.name,
          done: index,
          files: files.length,
          sentBytes: Math.min(bytes, before + sent),
          bytes,
          cancel: () => controller.abort(),
        },
      })
    if (!isDesktop()) tell(0)
    try {
      const path = await pathOfFile(file, { signal: controller.signal, onProgress: tell })
      if (isIncidentFile(file)) await openIncidentFile(path, file.name)
      else paths.push(path)
    } catch (thrown) {
      const error = asWatchdeckError(thrown)
      // one cancel is meant for all of them
      if (error.code === 'cancelled') return
      toastError(error, t('workbench.bring.fileFailed', { name: file.name }))
    }
    before += file.size
  }
  if (paths.length > 0) openTarget({ view: 'import', params: { paths } })
}

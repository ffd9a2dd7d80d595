// Files that a person brings: in Electron their path is enough, in the browser they travel to the engine first. An
// incident file opens at once; everything else goes to the import preview.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { t } from '../i18n/index.ts'
import { asWatchdeckError, engine } from '../lib/engine/index.ts'
import { openTarget } from '../workbench/links.ts'
import { dismissToast, toast, toastError } from '../workbench/toasts.ts'

async function pathOf(file: File): Promise<string> {
  if (window.watchdeck) return window.watchdeck.pathForFile(file)
  const answer = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    body: file,
    credentials: 'same-origin',
  })
  const body: unknown = await answer.json()
  if (answer.ok && typeof body === 'object' && body !== null && 'path' in body && typeof body.path === 'string')
    return body.path
  const message =
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    typeof body.error === 'object' &&
    body.error !== null &&
    'message' in body.error
      ? String(body.error.message)
      : answer.statusText
  throw new WatchdeckError('unavailable', message)
}

export async function takeFiles(files: readonly File[]): Promise<void> {
  const paths: string[] = []
  for (const file of files) {
    const note = toast(t('app.drop.uploading', { name: file.name }), { tone: 'neutral', lastsMs: 0 })
    try {
      const path = await pathOf(file)
      if (file.name.toLowerCase().endsWith('.watchdeck')) await openIncidentFile(path, file.name)
      else paths.push(path)
    } catch (error) {
      toastError(asWatchdeckError(error), t('app.drop.failed', { name: file.name }))
    } finally {
      dismissToast(note)
    }
  }
  if (paths.length > 0) openTarget({ view: 'import', params: { paths } })
}

export async function openIncidentFile(path: string, name: string): Promise<void> {
  try {
    const { incident } = await engine().call('file.open', { path })
    openTarget({ view: 'incidents', path: [incident] })
  } catch (error) {
    toastError(asWatchdeckError(error), t('app.drop.openFailed', { name }))
  }
}

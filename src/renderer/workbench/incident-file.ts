// Opening an incident file from wherever it came: a drop, the chooser, the list of files. An encrypted one asks for its
// passphrase (OpenFileDialog.tsx) and asks again until it fits or the person gives up.

import { create } from 'zustand'
import { engine } from '../lib/engine/context.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import { t } from '../i18n/index.ts'
import { openTarget } from './links.ts'
import { toastError } from './toasts.ts'

export interface Asking {
  readonly name: string
  /** what was wrong with the last one */
  readonly wrong: boolean
  readonly answer: (passphrase: string | undefined) => void
}

export const useAskedPassphrase = create<{ asking: Asking | undefined }>()(() => ({ asking: undefined }))

/** Undefined when the person does not want to. */
function askPassphrase(name: string, wrong: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    const answer = (passphrase: string | undefined): void => {
      useAskedPassphrase.setState({ asking: undefined })
      resolve(passphrase)
    }
    useAskedPassphrase.setState({ asking: { name, wrong, answer } })
  })
}

/** Opens the file read-only and goes to its war room. Failures are shown; the answer tells whether it opened. */
export async function openIncidentFile(path: string, name: string = baseName(path)): Promise<boolean> {
  let passphrase: string | undefined
  for (;;) {
    try {
      const { incident } = await engine().call('file.open', passphrase === undefined ? { path } : { path, passphrase })
      const { range, sources } = await engine().call('incidents.get', { id: incident })
      openTarget({ view: 'incidents', path: [incident], params: { range, sources }, filters: [] })
      return true
    } catch (thrown) {
      const error = asWatchdeckError(thrown)
      if (error.code !== 'unauthenticated') {
        toastError(error, t('workbench.openFile.failed', { name }))
        return false
      }
      passphrase = await askPassphrase(name, passphrase !== undefined)
      if (passphrase === undefined) return false
    }
  }
}

/** The last part of a path of any system. */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) || path

// What can be done with an incident as a whole, each with its undo.

import type { Incident } from '../../../shared/contract/incidents.ts'
import { t } from '../../i18n/index.ts'
import { asWatchdeckError, engine } from '../../lib/engine/index.ts'
import {
  currentPlace,
  goTo,
  openTarget,
  setCurrentIncident,
  toast,
  toastError,
  undoBy,
  usePinning,
} from '../../workbench/index.ts'
import { numberOfIncident } from './words.ts'

export async function restoreIncident(id: string): Promise<void> {
  try {
    const incident = await engine().call('incidents.restore', { id })
    toast(t('incidents.restored', { number: numberOfIncident(incident) }))
  } catch (error) {
    toastError(asWatchdeckError(error), t('incidents.changeFailed'))
  }
}

export async function removeIncident(incident: Incident): Promise<void> {
  try {
    await engine().call('incidents.remove', { id: incident.id })
    if (usePinning.getState().incident === incident.id) setCurrentIncident(undefined)
    toast(t('incidents.removed', { number: numberOfIncident(incident) }), {
      detail: t('incidents.removedDetail'),
      action: undoBy(
        'incidents.restore',
        { id: incident.id },
        t('incidents.changeFailed'),
        t('incidents.restored', { number: numberOfIncident(incident) }),
      ),
    })
  } catch (error) {
    toastError(asWatchdeckError(error), t('incidents.changeFailed'))
  }
}

/** An opened file leaves nothing behind; its incident goes with it. */
export async function closeFile(incident: Incident): Promise<void> {
  const source = incident.sources[0]
  if (source === undefined) return
  try {
    await engine().call('file.close', { source })
    // the address would go on asking the source that is gone
    goTo({ ...currentPlace(), view: 'incidents', path: [], params: {}, range: undefined, sources: undefined })
    toast(t('files.closed', { title: incident.title }))
  } catch (error) {
    toastError(asWatchdeckError(error), t('files.closeFailed'))
  }
}

export const openIncident = (incident: Incident): void =>
  openTarget({
    view: 'incidents',
    path: [incident.id],
    params: { range: incident.range, sources: incident.sources },
    filters: [],
  })

// Pinning anything: a query with its answer goes to the incident at hand; without one, a dialog asks which.

import { create } from 'zustand'
import type { MethodInput, MethodName } from '../../shared/contract/index.ts'
import { t } from '../i18n/index.ts'
import { asWatchdeckError, engine } from '../lib/engine/index.ts'
import { toast, toastError, undoBy } from './toasts.ts'

export interface PinRequest<M extends MethodName = MethodName> {
  readonly method: M
  readonly input: MethodInput<M>
  readonly title: string
  readonly note?: string
  /** when it was, RFC 3339; default: the middle of the input's range */
  readonly at?: string
  readonly lane?: boolean
}

interface Pinning {
  /** id of the incident that pins go to */
  readonly incident: string | undefined
  /** a pin that waits for an incident to be chosen */
  readonly waiting: PinRequest | undefined
}

const KEY = 'watchdeck.incident'
export const usePinning = create<Pinning>()(() => ({
  incident: typeof localStorage === 'undefined' ? undefined : (localStorage.getItem(KEY) ?? undefined),
  waiting: undefined,
}))

/** The war room sets it when it opens an incident. */
export function setCurrentIncident(id: string | undefined): void {
  usePinning.setState({ incident: id })
  if (id === undefined) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, id)
}

/** Typed at the caller: `pin({ method: 'traces.search', input, title })`. */
export async function pin<M extends MethodName>(request: PinRequest<M>): Promise<void> {
  const { incident } = usePinning.getState()
  if (incident === undefined) {
    usePinning.setState({ waiting: request })
    return
  }
  await pinTo(incident, request)
}

export async function pinTo(incident: string, request: PinRequest): Promise<void> {
  usePinning.setState({ waiting: undefined })
  try {
    const entry = await engine().call('incidents.pin', {
      incident,
      what: { method: request.method, input: request.input as Record<string, unknown> },
      title: request.title,
      ...(request.note === undefined ? {} : { note: request.note }),
      ...(request.at === undefined ? {} : { at: request.at }),
      ...(request.lane === undefined ? {} : { lane: request.lane }),
    })
    setCurrentIncident(incident)
    toast(t('workbench.pin.done', { title: request.title }), {
      detail: t('workbench.pin.where'),
      action: undoBy('incidents.removeEntry', { id: entry.id }, t('ui.undoFailed')),
    })
  } catch (thrown) {
    const error = asWatchdeckError(thrown)
    if (error.code === 'not_found') {
      // the remembered incident is gone: ask again instead of failing
      setCurrentIncident(undefined)
      usePinning.setState({ waiting: request })
    } else toastError(error, t('workbench.pin.failed'))
  }
}

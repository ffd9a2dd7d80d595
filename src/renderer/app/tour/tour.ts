// The tour: where a person is in it. Its texts are the first steps of the guide (docs/using*.md); each step has a view and what
// is pointed at there. The step is kept, so that whoever leaves goes on from there.

import { create } from 'zustand'
import { t } from '../../i18n/index.ts'
import { asWatchdeckError, engine } from '../../lib/engine/index.ts'
import { toastError } from '../../workbench/toasts.ts'

export interface TourStep {
  readonly view: string
  /** what is pointed at once it is on screen, and what leads there until then */
  readonly point: string
}

/** One for each of the guide's first steps, in their order. */
export const TOUR: readonly TourStep[] = [
  { view: 'start', point: '[data-tour="demo"]' },
  { view: 'incidents', point: '[data-testid="incident-timeline"]' },
  { view: 'services', point: '[data-testid="headline"]' },
  { view: 'traces', point: '#content figure' },
  { view: 'logs', point: '#content [role="textbox"]' },
  { view: 'logs', point: '#content [role="listbox"]' },
  { view: 'incidents', point: '[data-tour="save"]' },
  { view: 'start', point: '[data-tour="palette"]' },
]

const KEY = 'watchdeck.tour'

interface TourState {
  /** undefined: not on screen */
  readonly at: number | undefined
  /** where it was left */
  readonly left: number
}

function remembered(): number {
  const kept = typeof localStorage === 'undefined' ? 0 : Number(localStorage.getItem(KEY))
  return Number.isInteger(kept) && kept > 0 && kept < TOUR.length ? kept : 0
}

export const useTour = create<TourState>()(() => ({ at: undefined, left: remembered() }))

function keep(state: TourState): void {
  useTour.setState(state)
  if (typeof localStorage !== 'undefined') localStorage.setItem(KEY, String(state.left))
}

/** From where it was left, or from the start. */
export const takeTour = (from = useTour.getState().left): void => keep({ at: from, left: from })

/** Past the last step it has ended. */
export function stepTo(at: number): void {
  if (at < 0) return
  if (at < TOUR.length) keep({ at, left: at })
  else {
    keep({ at: undefined, left: 0 })
    settle()
  }
}

/** It can be gone on with from the help. */
export function leaveTour(): void {
  keep({ ...useTour.getState(), at: undefined })
  settle()
}

/** Nobody who has seen or declined it is asked again, in whichever window. */
function settle(): void {
  engine()
    .call('settings.set', { tour: 'done' })
    .catch((error: unknown) => toastError(asWatchdeckError(error), t('app.settings.failed')))
}

// Short messages about what just happened, with an undo where there is one. They wait while the pointer is on them; those that
// went are kept for a while, for whoever looked away, also over a reload of the page: so an undo is named as a command of the
// engine (`undoBy`), not as a function of the page that is gone.

import { say, sentences, t } from '../i18n/index.ts'
import type { MethodInput, MethodsOfKind } from '../../shared/contract/index.ts'
import { create } from 'zustand'
import type { WatchdeckError } from '../../shared/base/errors.ts'
import { asWatchdeckError, engine } from '../lib/engine/index.ts'
import type { Tone } from '../theme/palette.ts'

type Command = MethodsOfKind<'command'>

/** What a message offers. A `call` outlives a reload, a `run` does not. */
export type Action =
  | { readonly label: string; readonly run: () => void }
  | {
      readonly label: string
      readonly call: { readonly method: Command; readonly input: unknown }
      /** said when the call was refused */
      readonly failed: string
      /** said when it was carried out */
      readonly done?: string | undefined
    }

export interface Toast {
  readonly id: number
  readonly text: string
  readonly detail?: string | undefined
  readonly tone: Tone
  readonly action?: Action | undefined
  /** ms on screen; errors stay until closed (0) */
  readonly lastsMs: number
}

/** A message and when it came. */
export interface Notice extends Toast {
  /** epoch milliseconds */
  readonly at: number
}

/** What an action takes back is gone after ten minutes (sources, entries, incidents). */
export const ACTION_MS = 600_000
const KEPT = 50
/** Shorter ones only confirm what the person just did ("Copied"). */
const WORTH_KEEPING_MS = 3000

interface State {
  toasts: readonly Toast[]
  /** newest first */
  past: readonly Notice[]
  /** failures since the list was last looked at */
  unseen: number
}

const STORED = 'watchdeck.notices'
export const useToasts = create<State>()(() => stored())
let nextId = 1 + Math.max(0, ...useToasts.getState().past.map(({ id }) => id))
useToasts.subscribe(store)

/** Of this window only, and gone with it. */
function store({ toasts, past, unseen }: State): void {
  if (typeof sessionStorage === 'undefined') return
  const lasting = <T extends Toast>(all: readonly T[]): T[] =>
    all.map((one) => (one.action && 'run' in one.action ? { ...one, action: undefined } : one))
  try {
    sessionStorage.setItem(STORED, JSON.stringify({ toasts: lasting(toasts), past: lasting(past), unseen }))
  } catch {
    // full, or forbidden by the browser: the messages are on screen all the same
  }
}

export function stored(): State {
  const nothing: State = { toasts: [], past: [], unseen: 0 }
  if (typeof sessionStorage === 'undefined') return nothing
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? 'null')
    return isState(kept) ? kept : nothing
  } catch {
    return nothing
  }
}

function isState(kept: unknown): kept is State {
  if (typeof kept !== 'object' || kept === null) return false
  const { toasts, past, unseen } = kept as Partial<Record<keyof State, unknown>>
  const isToast = (one: unknown): boolean =>
    typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'number' && 'text' in one
  return (
    Array.isArray(toasts) &&
    toasts.every(isToast) &&
    Array.isArray(past) &&
    past.every(isToast) &&
    typeof unseen === 'number'
  )
}

/** An undo by a command of the engine. */
export const undoBy = <M extends Command>(method: M, input: MethodInput<M>, failed: string, done?: string): Action => ({
  label: t('ui.undo'),
  call: { method, input },
  failed,
  ...(done === undefined ? {} : { done }),
})

export function act({ id, action }: Toast): void {
  if (!action) return
  actionTaken(id)
  dismissToast(id)
  if ('run' in action) return action.run()
  const { call, failed, done } = action
  engine()
    .call(call.method, call.input as MethodInput<Command>)
    .then(
      () => done !== undefined && toast(done),
      (error: unknown) => toastError(asWatchdeckError(error), failed),
    )
}

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  const id = nextId++
  const tone = options.tone ?? 'ok'
  const lastsMs = options.lastsMs ?? (tone === 'critical' ? 0 : options.action ? 10_000 : 5000)
  const message: Toast = { ...options, id, text, tone, lastsMs }
  useToasts.setState((s) => ({
    toasts: [...s.toasts.slice(-4), message],
    ...(lastsMs > 0 && lastsMs < WORTH_KEEPING_MS
      ? {}
      : {
          past: [{ ...message, at: Date.now() }, ...s.past].slice(0, KEPT),
          unseen: s.unseen + (tone === 'critical' ? 1 : 0),
        }),
  }))
  return id
}

export const toastError = (error: WatchdeckError, what: string): number =>
  error.code === 'cancelled'
    ? 0
    : toast(what, { tone: 'critical', detail: sentences([error.message, error.hint].map((each) => each && say(each))) })

export const dismissToast = (id: number): void =>
  useToasts.setState((s) => ({ toasts: s.toasts.filter((x) => x.id !== id) }))

export const noticesSeen = (): void => useToasts.setState({ unseen: 0 })

export const clearNotices = (): void => useToasts.setState({ past: [], unseen: 0 })

/** The action was taken: it is offered once. */
export const actionTaken = (id: number): void =>
  useToasts.setState((s) => ({ past: s.past.map((x) => (x.id === id ? { ...x, action: undefined } : x)) }))

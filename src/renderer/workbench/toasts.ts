// Short messages about what just happened, with an undo where there is one. They wait while the pointer is on them; those that
// went are kept for a while, for whoever looked away.

import { say } from '../i18n/index.ts'
import { create } from 'zustand'
import type { WatchdeckError } from '../../shared/base/errors.ts'
import type { Tone } from '../theme/palette.ts'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly detail?: string | undefined
  readonly tone: Tone
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
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

let nextId = 1
export const useToasts = create<{
  toasts: readonly Toast[]
  /** newest first */
  past: readonly Notice[]
  /** failures since the list was last looked at */
  unseen: number
}>()(() => ({ toasts: [], past: [], unseen: 0 }))

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
    : toast(what, { tone: 'critical', detail: [error.message, error.hint ?? ''].filter(Boolean).map(say).join(' ') })

export const dismissToast = (id: number): void =>
  useToasts.setState((s) => ({ toasts: s.toasts.filter((x) => x.id !== id) }))

export const noticesSeen = (): void => useToasts.setState({ unseen: 0 })

export const clearNotices = (): void => useToasts.setState({ past: [], unseen: 0 })

/** The action was taken: it is offered once. */
export const actionTaken = (id: number): void =>
  useToasts.setState((s) => ({ past: s.past.map((x) => (x.id === id ? { ...x, action: undefined } : x)) }))

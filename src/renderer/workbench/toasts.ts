// Short messages about what just happened, with an undo where there is one. They wait while the pointer is on them.

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

let nextId = 1
export const useToasts = create<{ toasts: readonly Toast[] }>()(() => ({ toasts: [] }))

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  const id = nextId++
  const tone = options.tone ?? 'ok'
  const lastsMs = options.lastsMs ?? (tone === 'critical' ? 0 : options.action ? 10_000 : 5000)
  useToasts.setState((s) => ({ toasts: [...s.toasts.slice(-4), { ...options, id, text, tone, lastsMs }] }))
  return id
}

export const toastError = (error: WatchdeckError, what: string): number =>
  error.code === 'cancelled'
    ? 0
    : toast(what, { tone: 'critical', detail: [error.message, error.hint ?? ''].filter(Boolean).map(say).join(' ') })

export const dismissToast = (id: number): void =>
  useToasts.setState((s) => ({ toasts: s.toasts.filter((x) => x.id !== id) }))

// Key presses to commands: single keys, chords (Mod+k) and sequences (g t). Keys typed into a field or composed by an
// input method are left alone, except chords with Mod.

import { disposable } from '../../shared/base/disposable.ts'
import { isMac } from '../lib/keys.ts'
import type { Command } from './commands.ts'
import { stepIntoList } from './to-list.ts'

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
  readonly isComposing: boolean
  /** in a text field, an editor, or a list that takes letters */
  readonly typing: boolean
  /** 229: the input method has it */
  readonly keyCode: number
}

/** 'Mod+k', 'Shift+ArrowUp', '?'. Shift is named only where the key itself does not show it. */
export function strokeOf(press: KeyPress, mac: boolean): string {
  const mod = mac ? press.metaKey : press.ctrlKey
  const other = mac ? press.ctrlKey : press.metaKey
  const named = press.key.length > 1
  const key = named ? press.key : press.shiftKey ? press.key : press.key.toLowerCase()
  const letter = /^[A-Z]$/.test(key)
  return `${mod ? 'Mod+' : ''}${other ? (mac ? 'Ctrl+' : 'Meta+') : ''}${press.altKey ? 'Alt+' : ''}${press.shiftKey && (named || letter) ? 'Shift+' : ''}${letter ? key.toLowerCase() : key}`
}

/** How long a `g` waits for its second key. */
export const SEQUENCE_MS = 1200

export interface Keymap {
  /** the command to run, if this press completes one; `pending` = it began a sequence */
  press(press: KeyPress, commands: readonly Command[], now: number): { command?: Command; pending: boolean }
}

export function createKeymap(mac: boolean): Keymap {
  let first: { stroke: string; at: number } | undefined
  return {
    press(press, commands, now) {
      if (
        press.isComposing ||
        press.keyCode === 229 ||
        ['Shift', 'Control', 'Meta', 'Alt', 'Process', 'Dead'].includes(press.key)
      )
        return { pending: first !== undefined }
      const stroke = strokeOf(press, mac)
      if (press.typing && !stroke.startsWith('Mod+')) {
        first = undefined
        return { pending: false }
      }
      const prefix = first !== undefined && now - first.at <= SEQUENCE_MS ? `${first.stroke} ` : ''
      first = undefined
      const usable = commands.filter((c) => c.when === undefined || c.when())
      const find = (keys: string): Command | undefined => usable.findLast((c) => c.keys?.includes(keys))
      const command = find(prefix + stroke) ?? (prefix === '' ? undefined : find(stroke))
      if (command) return { command, pending: false }
      if (usable.some((c) => c.keys?.some((k) => k.startsWith(`${stroke} `)))) {
        first = { stroke, at: now }
        return { pending: true }
      }
      return { pending: false }
    },
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range', 'submit'].includes(target.type)
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.closest('[role="menu"],[role="listbox"]:not([data-shortcuts]),[role="dialog"]') !== null
  )
}

/**
 * Keys that an input method works with (candidates chosen by Enter, a composition given up by Escape) reach nothing else:
 * not the keymap, not a dialog that closes, not a field that commits. Editors know compositions themselves.
 */
function keepFromOthers(event: KeyboardEvent): void {
  if (!event.isComposing && event.keyCode !== 229) return
  if (event.target instanceof HTMLElement && event.target.isContentEditable) return
  event.stopPropagation()
}

/** Listens on the window until disposed. `commands` gives what is on offer now, later entries first to win. */
export function startKeymap(commands: () => readonly Command[]): Disposable {
  const keymap = createKeymap(isMac())
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return
    const { command, pending } = keymap.press(
      {
        key: event.key,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        altKey: event.altKey,
        shiftKey: event.shiftKey,
        isComposing: event.isComposing,
        keyCode: event.keyCode,
        typing: isTyping(event.target),
      },
      commands(),
      performance.now(),
    )
    if (!command) {
      if (!pending && stepIntoList(event)) event.preventDefault()
      return
    }
    event.preventDefault()
    command.run()
  }
  window.addEventListener('keydown', keepFromOthers, { capture: true })
  window.addEventListener('keydown', onKey)
  return disposable(() => {
    window.removeEventListener('keydown', keepFromOthers, { capture: true })
    window.removeEventListener('keydown', onKey)
  })
}

// Whether the program behind the open page is still the one it was loaded from. An update, or a build, replaces the files under
// an open tab: parts that were not loaded yet are gone then, and the engine may speak another contract.

import { create } from 'zustand'
import { isUploading } from './upload.ts'

/** same: the files are those of this page. replaced: another program is there now. away: nobody answers. */
export type ProgramState = 'same' | 'replaced' | 'away'

const ENTRY = /<script[^>]+type="module"[^>]+src="([^"]+)"/

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** The entry script of this page, whose name holds a hash of what is in it. */
export function ownProgram(): string | undefined {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')
  return script ? nameOf(script.src) : undefined
}

export async function lookAtProgram(): Promise<ProgramState> {
  try {
    const answer = await fetch(new URL('./', location.origin + location.pathname), { cache: 'no-store' })
    if (!answer.ok) return 'away'
    const entry = ENTRY.exec(await answer.text())?.[1]
    if (entry === undefined) return 'away'
    return nameOf(entry) === ownProgram() ? 'same' : 'replaced'
  } catch {
    // the connection line speaks of an engine that cannot be reached
    return 'away'
  }
}

export const useProgram = create<{ replaced: boolean }>()(() => ({ replaced: false }))

/** Looks and keeps what it finds; once replaced, it stays so until the page is loaded anew. */
export async function checkProgram(): Promise<ProgramState> {
  if (useProgram.getState().replaced) return 'replaced'
  const state = await lookAtProgram()
  if (state === 'replaced') useProgram.setState({ replaced: true })
  return state
}

const typed = new WeakSet<Element>()
/** Remembers into which fields something was typed: that is what a reload would lose. */
export function watchTyping(): void {
  document.addEventListener('input', (event) => event.target instanceof Element && typed.add(event.target), {
    capture: true,
  })
}

function holdsText(element: Element): boolean {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value.trim() !== ''
  return element.matches('[contenteditable="true"]') && (element.textContent ?? '').trim() !== ''
}

/** Whether somebody would miss something after a reload: the address brings back all but open dialogs and typed text. */
export function nothingToLose(): boolean {
  if (isUploading()) return false
  if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return false
  return ![...document.querySelectorAll('input, textarea, [contenteditable="true"]')].some(
    (field) => typed.has(field) && holdsText(field),
  )
}

const TRIED = 'watchdeck.reloaded'
/** A page that fails again within this time is not reloaded again by itself. */
const AGAIN_MS = 5 * 60_000

/** Reloads, at most once in a while and only where nothing is lost; false when it is left to the person. */
export function reloadByItself(now = Date.now()): boolean {
  if (!nothingToLose()) return false
  try {
    if (now - Number(sessionStorage.getItem(TRIED) ?? 0) < AGAIN_MS) return false
    sessionStorage.setItem(TRIED, String(now))
  } catch {
    // without storage a second failure could not be told from the first: the person decides
    return false
  }
  location.reload()
  return true
}

// Everything that can be done by name or key: the palette lists commands, the keymap runs them, `?` shows them.

import { useEffect } from 'react'
import { create } from 'zustand'
import type { MessageKey } from '../i18n/index.ts'

export interface Command {
  /** 'traces.openLatest' */
  readonly id: string
  readonly title: MessageKey
  /** 'Mod+k', 'g t', '[', 'Shift+p'; Mod is Ctrl, or Cmd on a Mac. See keymap.ts. */
  readonly keys?: readonly string[]
  /** heading in the palette and the help; default: 'workbench.group.general' */
  readonly group?: MessageKey
  /** false hides it from the palette (arrow keys and the like stay in the help) */
  readonly inPalette?: boolean
  /** only offered while this holds */
  readonly when?: () => boolean
  readonly run: () => void
}

interface Active {
  readonly commands: readonly Command[]
}
const useActive = create<Active>()(() => ({ commands: [] }))

/** Commands of what is on screen, for as long as the component is. Later ones win over earlier ones for the same key. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => addCommands(commands), [commands])
}

export function addCommands(commands: readonly Command[]): () => void {
  useActive.setState((s) => ({ commands: [...s.commands, ...commands] }))
  return () => useActive.setState((s) => ({ commands: s.commands.filter((c) => !commands.includes(c)) }))
}

export const activeCommands = (): readonly Command[] => useActive.getState().commands
export const useActiveCommands = (): readonly Command[] => useActive((s) => s.commands)

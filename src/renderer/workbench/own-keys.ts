// Keys that a person gave to commands instead of their own (settings.keymap), and the commands met so far: those of a view are
// on offer only while it is on screen, but their keys can be changed at any time.

import { create } from 'zustand'
import { isMessageKey } from '../i18n/index.ts'
import type { Command } from './commands.ts'

export type Keymap = Readonly<Record<string, readonly string[]>>
export const useOwnKeys = create<{ keys: Keymap }>()(() => ({ keys: {} }))
export const adoptKeys = (keys: Keymap): void => useOwnKeys.setState({ keys })

/** The command under the keys that hold. */
export function withOwnKeys(command: Command, keymap: Keymap = useOwnKeys.getState().keys): Command {
  const keys = Object.hasOwn(keymap, command.id) ? keymap[command.id] : undefined
  return keys === undefined ? command : { ...command, keys }
}

/** The first of the keys that hold for a command, for hints; undefined where it has none. */
export function useKeysOf(id: string, usual: string | undefined): string | undefined {
  return useOwnKeys((s) => {
    const keys = Object.hasOwn(s.keys, id) ? s.keys[id] : undefined
    return keys === undefined ? usual : keys[0]
  })
}

export type KnownCommand = Pick<Command, 'id' | 'title' | 'keys' | 'group'>
const KEY = 'watchdeck.commands'

/** Commands of views that were open in this browser. */
export function metCommands(): KnownCommand[] {
  if (typeof localStorage === 'undefined') return []
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isKnown) : []
  } catch {
    // a damaged list is made anew as views are opened
    return []
  }
}

export function rememberCommands(commands: readonly Command[]): void {
  if (typeof localStorage === 'undefined') return
  const met = new Map(metCommands().map((command) => [command.id, command]))
  for (const { id, title, keys, group } of commands)
    met.set(id, { id, title, ...(keys ? { keys } : {}), ...(group ? { group } : {}) })
  localStorage.setItem(KEY, JSON.stringify([...met.values()].slice(-500)))
}

function isKnown(value: unknown): value is KnownCommand {
  if (typeof value !== 'object' || value === null) return false
  const { id, title, keys, group } = value as Record<string, unknown>
  const isKey = (key: unknown): boolean => typeof key === 'string' && isMessageKey(key)
  const isList = Array.isArray(keys) && keys.every((k) => typeof k === 'string')
  return (
    typeof id === 'string' && isKey(title) && (keys === undefined || isList) && (group === undefined || isKey(group))
  )
}

/** Titles of the other commands that these keys would also run or keep from running (`g` before `g t`). */
export const conflictsOf = <C extends KnownCommand>(command: C, all: readonly C[]): C[] =>
  all.filter(
    (other) =>
      other.id !== command.id &&
      (command.keys ?? []).some((a) =>
        (other.keys ?? []).some((b) => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `)),
      ),
  )

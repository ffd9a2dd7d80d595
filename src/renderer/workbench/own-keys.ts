// Keys that a person gave to commands instead of their own (settings.keymap).

import { create } from 'zustand'
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

/** Titles of the other commands that these keys would also run or keep from running (`g` before `g t`). */
export const conflictsOf = <C extends KnownCommand>(command: C, all: readonly C[]): C[] =>
  all.filter(
    (other) =>
      other.id !== command.id &&
      (command.keys ?? []).some((a) =>
        (other.keys ?? []).some((b) => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `)),
      ),
  )

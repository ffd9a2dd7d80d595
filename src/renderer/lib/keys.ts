// How keys are written for people: the same string that the keymap binds, as caps.

export const isMac = (): boolean => typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

const SHOWN: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: '↵',
  ' ': 'Space',
}

/** A key string as the caps to draw: 'Mod+k' -> ['Ctrl', 'K'], 'g t' -> ['G', 'T']. */
export function keyCaps(keys: string, mac: boolean): string[] {
  return keys.split(' ').flatMap((stroke) =>
    (stroke === '+' ? ['+'] : stroke.split('+')).map((part) => {
      if (part === 'Mod') return mac ? '⌘' : 'Ctrl'
      if (part === 'Shift') return mac ? '⇧' : 'Shift'
      if (part === 'Alt') return mac ? '⌥' : 'Alt'
      return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part)
    }),
  )
}

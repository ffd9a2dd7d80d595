// The keys of a command as small caps.

import { isMac, keyCaps } from '../lib/keys.ts'
import styles from './KeyHint.module.css'

export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={styles['hint']}>
      {keyCaps(keys, isMac()).map((cap, i) => (
        <kbd key={`${i}${cap}`} className={styles['cap']}>
          {cap}
        </kbd>
      ))}
    </span>
  )
}

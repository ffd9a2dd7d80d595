// One line over the foot of the page while the engine cannot be reached; nothing else jumps.

import { useSyncExternalStore } from 'react'
import { useT } from '../i18n/index.ts'
import { useEngine } from '../lib/engine/index.ts'
import { StatusShape } from '../ui/Badge.tsx'
import styles from './workbench.module.css'

export function ConnectionLine() {
  const t = useT()
  const client = useEngine()
  const state = useSyncExternalStore(
    (changed) => {
      const listening = client.onState(changed)
      return () => listening[Symbol.dispose]()
    },
    () => client.state,
  )
  if (state === 'open') return null
  return (
    <div className={styles['connection']} role="status">
      <StatusShape tone={state === 'closed' ? 'critical' : 'warning'} /> {t(`workbench.connection.${state}`)}
    </div>
  )
}

// One line over the foot of the page while something is amiss with what is behind it: the engine cannot be reached, the program was
// replaced, the machine has no network. Nothing else jumps.

import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { useT } from '../i18n/index.ts'
import { useEngine } from '../lib/engine/index.ts'
import { checkProgram, nothingToLose, reloadByItself, useProgram } from '../lib/program.ts'
import { StatusShape } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import styles from './workbench.module.css'

export function useConnection() {
  const client = useEngine()
  return useSyncExternalStore(
    (changed) => {
      const listening = client.onState(changed)
      return () => listening[Symbol.dispose]()
    },
    () => client.state,
  )
}

/** Looks whether the program was replaced: after a break of the connection, and when somebody comes back to the page. */
function useReplaced(state: string): boolean {
  const replaced = useProgram((p) => p.replaced)
  useEffect(() => {
    if (state === 'open') void checkProgram()
  }, [state])
  useEffect(() => {
    const seen = (): void => {
      if (document.visibilityState === 'visible') void checkProgram()
      // nobody looks: the right moment
      else if (useProgram.getState().replaced && nothingToLose()) reloadByItself()
    }
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [])
  return replaced
}

export function ConnectionLine() {
  const t = useT()
  const state = useConnection()
  const replaced = useReplaced(state)
  if (state !== 'open')
    return <Line tone={state === 'closed' ? 'critical' : 'warning'}>{t(`workbench.connection.${state}`)}</Line>
  if (replaced)
    return (
      <Line tone="note">
        {t('workbench.program.line')}
        <Button kind="quiet" icon="refresh" onClick={() => location.reload()}>
          {t('workbench.program.reload')}
        </Button>
      </Line>
    )
  return null
}

function Line({ tone, children }: { tone: 'note' | 'warning' | 'critical'; children: ReactNode }) {
  return (
    <div className={styles['connection']} role="status">
      <StatusShape tone={tone} /> {children}
    </div>
  )
}

// In the place of a view whose code did not arrive: whether the program was replaced under the page or nobody answers, and what
// happens next. What can go on by itself does.

import { useEffect, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { useEngine } from '../lib/engine/index.ts'
import type { PartNotLoaded } from '../lib/part.ts'
import { checkProgram, type ProgramState, reloadByItself } from '../lib/program.ts'
import { Button } from '../ui/Button.tsx'
import { CopyDetails, EmptyState, Skeleton } from '../ui/State.tsx'

export function PartMissing({ error, onRetry }: { error: PartNotLoaded; onRetry: () => void }) {
  const t = useT()
  const client = useEngine()
  const [state, setState] = useState<ProgramState>()
  useEffect(() => {
    let here = true
    void checkProgram().then((found) => {
      // a browser may keep a failed script for as long as the page lives: a fresh page has all of them
      if (here && (found === 'away' || !reloadByItself())) setState(found)
    })
    return () => {
      here = false
    }
  }, [])
  useEffect(() => {
    if (state !== 'away') return
    const listening = client.onState((now) => now === 'open' && onRetry())
    return () => listening[Symbol.dispose]()
  }, [client, state, onRetry])
  if (state === undefined) return <Skeleton />
  return (
    <div role="alert">
      <EmptyState
        title={t(`workbench.program.${state}`)}
        actions={
          <>
            {state === 'away' ? (
              <Button icon="refresh" onClick={onRetry}>
                {t('ui.retry')}
              </Button>
            ) : (
              <Button kind="primary" icon="refresh" onClick={() => location.reload()}>
                {t('workbench.program.reload')}
              </Button>
            )}
            {state === 'same' && <CopyDetails error={error} />}
          </>
        }
      >
        {t(`workbench.program.${state}Text`)}
      </EmptyState>
    </div>
  )
}

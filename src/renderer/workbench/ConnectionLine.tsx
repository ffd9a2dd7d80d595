// One line at the foot of the page while something is amiss with what is behind it: the engine cannot be reached, the machine has no
// network, a live source does not answer, an answer could not be had again, the program was replaced. What was known stays in
// sight, dimmed; what can recover does so by itself.

import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Source } from '../../shared/contract/sources.ts'
import { say, useT } from '../i18n/index.ts'
import { isOutage, useConnection, useMethod } from '../lib/engine/index.ts'
import { AGAIN_MS, askLackingAgain } from '../lib/engine/invalidate.ts'
import { checkProgram, nothingToLose, reloadByItself, useProgram } from '../lib/program.ts'
import { StatusShape } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { linkTo } from './links.ts'
import { useSources } from './place-store.ts'
import styles from './workbench.module.css'

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

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('online', changed)
      window.addEventListener('offline', changed)
      return () => {
        window.removeEventListener('online', changed)
        window.removeEventListener('offline', changed)
      }
    },
    () => navigator.onLine,
  )
}

/** Live sources that are asked here, those of them that do not answer, and those whose secrets are to be given again. */
function useLive() {
  const chosen = useSources()
  const { data } = useMethod('sources.list', {})
  const live = (data?.sources ?? []).filter(
    ({ id, state, live }) => live !== undefined && (chosen ? chosen.includes(id) : state === 'ready'),
  )
  const bare = live.filter(({ live }) => live?.lacksSecrets)
  const silent = live.filter(
    (source) => !bare.includes(source) && (source.live?.health === 'failing' || source.live?.health === 'resting'),
  )
  return { live, silent, bare }
}

/** An outage that kept an answer on screen from being had again, whichever view asked. */
function useLacking(): WatchdeckError | undefined {
  const queries = useQueryClient()
  const [error, setError] = useState<WatchdeckError>()
  useEffect(() => {
    const cache = queries.getQueryCache()
    const look = (): void => {
      const failed = cache.findAll({ type: 'active' }).map(({ state }) => state.error)
      setError(failed.find((error) => error instanceof WatchdeckError && isOutage(error)) as WatchdeckError | undefined)
    }
    look()
    return cache.subscribe(look)
  }, [queries])
  return error
}

export function ConnectionLine() {
  const t = useT()
  const queries = useQueryClient()
  const state = useConnection()
  const replaced = useReplaced(state)
  const online = useOnline()
  const { live, silent, bare } = useLive()
  const lacking = useLacking()
  const ask = state === 'open' && (silent.length > 0 || lacking !== undefined)
  useEffect(() => {
    if (!ask) return
    const timer = setInterval(() => document.visibilityState === 'visible' && askLackingAgain(queries), AGAIN_MS)
    return () => clearInterval(timer)
  }, [ask, queries])
  useEffect(() => {
    if (online) askLackingAgain(queries)
  }, [online, queries])
  if (state !== 'open')
    return <Line tone={state === 'closed' ? 'critical' : 'warning'}>{t(`workbench.connection.${state}`)}</Line>
  if (!online && live.length > 0) return <Line tone="warning">{t('workbench.connection.offline')}</Line>
  if (silent.length + bare.length > 0)
    return (
      <Line tone="warning">
        <Silent sources={silent} />
        <Bare sources={bare} />
      </Line>
    )
  if (lacking)
    return (
      <Line tone="warning">
        {t('workbench.connection.lacking', { message: say(lacking.message) })}
        <Button kind="quiet" icon="refresh" onClick={() => askLackingAgain(queries)}>
          {t('ui.retry')}
        </Button>
      </Line>
    )
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

function Silent({ sources }: { sources: readonly Source[] }) {
  const t = useT()
  const [first] = sources
  if (!first) return null
  return (
    <>
      {t('workbench.connection.silent', { count: sources.length, names: namesOf(sources) })}
      <a href={linkTo('sources', {}, { path: [first.id] })}>{t('workbench.connection.look')}</a>
    </>
  )
}

/** No time brings these back: somebody has to type their secrets. */
function Bare({ sources }: { sources: readonly Source[] }) {
  const t = useT()
  const [first] = sources
  if (!first) return null
  const why = sources.every(({ live }) => live?.keeps === 'session') ? 'session' : 'vault'
  return (
    <>
      {t('workbench.connection.bare', { count: sources.length, names: namesOf(sources), why })}
      <a href={linkTo('sources', {}, { path: [first.id, 'edit'] })}>{t('workbench.connection.giveAgain')}</a>
    </>
  )
}

const namesOf = (sources: readonly Source[]): string => sources.map(({ name }) => name).join(', ')

function Line({ tone, children }: { tone: 'note' | 'warning' | 'critical'; children: ReactNode }) {
  return (
    <div className={styles['connection']} role="status">
      <StatusShape tone={tone} /> {children}
    </div>
  )
}

// What a view of telemetry shows while there is nothing to look at: not "no matches", but why, and the way on.

import type { ReactNode } from 'react'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/State.tsx'
import { HelpLink } from '../workbench/HelpLink.tsx'
import { openTarget } from '../workbench/links.ts'
import { setSources, useSources } from '../workbench/place-store.ts'

type Source = MethodOutput<'sources.list'>['sources'][number]

/** Why nothing can be asked; undefined where something can. */
export function whyNothing(
  sources: readonly Source[],
  chosen: readonly string[] | undefined,
): 'none' | 'loading' | 'off' | 'elsewhere' | undefined {
  const here = sources.filter((s) => s.state !== 'removed')
  if (chosen?.length) {
    if (here.some((s) => chosen.includes(s.id) && s.state !== 'broken')) return undefined
    if (here.some((s) => s.state === 'ready')) return 'elsewhere'
  }
  if (here.some((s) => s.state === 'ready')) return undefined
  if (here.length === 0) return 'none'
  return here.some((s) => s.state === 'loading') ? 'loading' : 'off'
}

/** Its children once there is data. */
export function NeedsData({ children }: { children: ReactNode }) {
  const t = useT()
  const { data } = useMethod('sources.list', {})
  const chosen = useSources()
  const why = data && whyNothing(data.sources, chosen)
  if (why === undefined) return children
  const go = (view: string) => () => openTarget({ view, filters: [] })
  return (
    <EmptyState
      title={t(`app.noData.${why}`)}
      actions={
        why === 'none' ? (
          <>
            <Button kind="primary" icon="play" onClick={go('start')}>
              {t('app.noData.start')}
            </Button>
            <Button icon="import" onClick={go('import')}>
              {t('app.noData.import')}
            </Button>
            <HelpLink topic="first-steps" />
          </>
        ) : why === 'elsewhere' ? (
          <Button icon="sources" onClick={() => setSources(undefined)}>
            {t('app.noData.all')}
          </Button>
        ) : (
          <Button icon="sources" onClick={go('import')}>
            {t('workbench.sources.manage')}
          </Button>
        )
      }
    >
      {t(`app.noData.${why}Text`)}
    </EmptyState>
  )
}

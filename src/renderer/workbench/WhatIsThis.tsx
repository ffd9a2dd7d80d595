// Where a number comes from: the question, what it was asked with, when, the sources, the rows behind it, what was not
// seen, and the command that gives the same numbers. The answer is the one on screen where the view has asked the same.

import { useQuery } from '@tanstack/react-query'
import { fromMillis } from '../../shared/base/time.ts'
import type { Completeness } from '../../shared/contract/define.ts'
import { say, useT } from '../i18n/index.ts'
import { asWatchdeckError, engine, methodKey, type QueryMethod, useMethod } from '../lib/engine/index.ts'
import { formatCount } from '../lib/format.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime } from '../lib/zone.ts'
import { Button } from '../ui/Button.tsx'
import { JsonTree } from '../ui/JsonTree.tsx'
import { Popover } from '../ui/Popover.tsx'
import { type Asked, askAbout, type Question, useAsked } from './asking.ts'
import { copyText } from './copy.ts'
import { useSources } from './place-store.ts'
import styles from './workbench.module.css'

/** For a POSIX shell: everything in single quotes. */
export const asCommand = (method: string, input: unknown): string =>
  `watchdeck call ${method} --input '${JSON.stringify(input).replaceAll("'", "'\\''")}'`

/** What any answer may carry besides its own. */
function factsOf(answer: object | undefined): { completeness?: Completeness; rows?: number } {
  if (!answer) return {}
  const table = 'table' in answer ? answer.table : undefined
  return {
    ...('completeness' in answer ? { completeness: answer.completeness as Completeness } : {}),
    ...(typeof table === 'object' && table !== null && 'rowCount' in table ? { rows: Number(table.rowCount) } : {}),
  }
}

/** The answer on screen, or a fresh one where the view has asked in other words. */
function useAnswer(asked: Asked | undefined) {
  return useQuery<object>({
    queryKey: methodKey(asked?.method ?? 'sources.list', asked?.input ?? null),
    enabled: asked !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<object> => {
      if (!asked) return {}
      // a question is a query by its meaning; commands are never asked about
      const { method, input } = asked as Question<QueryMethod>
      return engine().call(method, input, { signal })
    },
  })
}

export function WhatIsThis() {
  const t = useT()
  const asked = useAsked((s) => s.asked)
  const chosen = useSources()
  const { data } = useMethod('sources.list', asked ? {} : null)
  const answer = useAnswer(asked)
  const zone = usePreferences((p) => p.zone)
  if (!asked) return null
  const names = (data?.sources ?? [])
    .filter((s) => (chosen ? chosen.includes(s.id) : s.state === 'ready'))
    .map((s) => s.name)
  const facts = factsOf(answer.data)
  const completeness = asked.completeness ?? facts.completeness
  const rows = asked.rows ?? facts.rows
  return (
    <Popover open at={asked.at} label={t('workbench.ask.title')} onOpenChange={(open) => !open && askAbout(undefined)}>
      <div className={styles['asked']}>
        <h2>{t('workbench.ask.title')}</h2>
        <dl>
          <dt>{t('workbench.ask.method')}</dt>
          <dd>
            <code>{asked.method}</code>
          </dd>
          <dt>{t('workbench.ask.input')}</dt>
          <dd>
            <JsonTree value={asked.input} />
          </dd>
          <dt>{t('workbench.ask.sources')}</dt>
          <dd>{names.length === 0 ? t('workbench.sources.none') : names.join(', ')}</dd>
          {rows !== undefined && (
            <>
              <dt>{t('workbench.ask.rows')}</dt>
              <dd>{formatCount(rows)}</dd>
            </>
          )}
          {answer.dataUpdatedAt > 0 && (
            <>
              <dt>{t('workbench.ask.when')}</dt>
              <dd>{formatDateTime(fromMillis(answer.dataUpdatedAt), zone, 's')}</dd>
            </>
          )}
        </dl>
        {answer.error && <p>{t('workbench.ask.failed', { message: say(asWatchdeckError(answer.error).message) })}</p>}
        {completeness && (
          <p>
            {t(
              completeness.complete && !completeness.truncated ? 'workbench.ask.complete' : 'workbench.ask.incomplete',
            )}
          </p>
        )}
        {completeness?.missing.map((m, i) => (
          <p key={i}>
            {m.source}: {say(m.reason)} ({m.from} – {m.to})
          </p>
        ))}
        <Button icon="copy" onClick={() => void copyText(asCommand(asked.method, asked.input))}>
          {t('workbench.ask.copyCommand')}
        </Button>
        <p className={styles['dim']}>{t('workbench.ask.sameNumber')}</p>
      </div>
    </Popover>
  )
}

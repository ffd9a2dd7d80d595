// Where a number comes from: the question, what it was asked with, the sources, the rows behind it, what was not seen.

import { say, useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { formatCount } from '../lib/format.ts'
import { Button } from '../ui/Button.tsx'
import { JsonTree } from '../ui/JsonTree.tsx'
import { Popover } from '../ui/Popover.tsx'
import { askAbout, useAsked } from './asking.ts'
import { copyText } from './copy.ts'
import { useSources } from './place-store.ts'
import styles from './workbench.module.css'

/** For a POSIX shell: everything in single quotes. */
export const asCommand = (method: string, input: unknown): string =>
  `watchdeck call ${method} --input '${JSON.stringify(input).replaceAll("'", "'\\''")}'`

export function WhatIsThis() {
  const t = useT()
  const asked = useAsked((s) => s.asked)
  const chosen = useSources()
  const { data } = useMethod('sources.list', asked ? {} : null)
  if (!asked) return null
  const names = (data?.sources ?? [])
    .filter((s) => (chosen ? chosen.includes(s.id) : s.state === 'ready'))
    .map((s) => s.name)
  const { completeness } = asked
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
          {asked.rows !== undefined && (
            <>
              <dt>{t('workbench.ask.rows')}</dt>
              <dd>{formatCount(asked.rows)}</dd>
            </>
          )}
        </dl>
        {completeness && (
          <p>
            {t(
              completeness.complete && !completeness.truncated ? 'workbench.ask.complete' : 'workbench.ask.incomplete',
            )}
          </p>
        )}
        {completeness?.missing.map((m, i) => (
          <p key={i}>
            {m.source}: {say(m.reason)}
          </p>
        ))}
        <Button icon="copy" onClick={() => void copyText(asCommand(asked.method, asked.input))}>
          {t('workbench.ask.copyCommand')}
        </Button>
      </div>
    </Popover>
  )
}

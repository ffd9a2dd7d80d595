// Everything that is here: each source with its state, extent, size and switch; the detail of one beside the list.

import { useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, DataTable, Dialog, EmptyState, ErrorState, Skeleton, SplitPane } from '../../ui/index.ts'
import { linkTo, openTarget, toast, toastError, usePlace, useValueMenu, HelpLink } from '../../workbench/index.ts'
import { BringButtons } from './BringButtons.tsx'
import styles from './Import.module.css'
import { SourceDetail } from './SourceDetail.tsx'
import { sourceFrame, useSourceColumns } from './source-table.tsx'

const QUESTION = { method: 'sources.list', input: { includeRemoved: true } } as const

export function DataPage() {
  const t = useT()
  const chosen = usePlace().path[0]
  const list = useMethod('sources.list', QUESTION.input)
  const info = useMethod('system.info', {})
  const purge = useCommand('sources.purge')
  const [purging, setPurging] = useState(false)
  const sources = list.data?.sources ?? []
  const columns = useSourceColumns(sources)
  const values = useValueMenu({ question: QUESTION, title: t('imports.title') })
  const open = (id: string | undefined): void => openTarget({ view: 'import', path: id === undefined ? [] : [id] })
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={list.refetch} />
  const here = sources.filter((s) => s.state !== 'removed')
  const removed = sources.length - here.length
  const rows = here.reduce((sum, s) => sum + (s.rows ?? 0), 0)
  const selected = sources.findIndex((s) => s.id === chosen)
  const source = sources[selected]
  return (
    <div className={styles['page']}>
      <div className={styles['top']}>
        <h2 className={styles['headline']}>
          {list.data === undefined
            ? t('ui.loading')
            : here.length === 0
              ? t('imports.headlineNone')
              : t('imports.headline', { count: here.length, rows: formatCount(rows) })}
        </h2>
        {info.data && (
          <span className={styles['dim']} title={info.data.dataDir}>
            {t('imports.usage', { size: formatBytes(info.data.telemetryBytes + info.data.catalogBytes) })}
          </span>
        )}
        <div className={styles['space']} />
        {removed > 0 && (
          <Button kind="quiet" icon="trash" onClick={() => setPurging(true)}>
            {t('imports.purge', { count: removed })}
          </Button>
        )}
        <BringButtons primary />
      </div>
      {list.data === undefined ? (
        <Skeleton lines={12} />
      ) : sources.length === 0 ? (
        <EmptyState
          title={t('imports.emptyTitle')}
          actions={
            <>
              <a className={styles['link']} href={linkTo('start')}>
                {t('imports.emptyDemo')}
              </a>
              <HelpLink topic="bring-files" />
            </>
          }
        >
          {t('imports.emptyText')}
        </EmptyState>
      ) : (
        <SplitPane
          id="import.source"
          covers
          label={t('imports.detail')}
          direction="row"
          sized="second"
          initial={400}
          min={300}
          open={source !== undefined}
        >
          <DataTable
            id="sources"
            label={t('imports.title')}
            frame={sourceFrame(sources)}
            columns={columns}
            selected={selected}
            onSelect={(row) => open(sources[row]?.id)}
            onCellMenu={values.onCellMenu}
            stale={list.stale}
          />
          {source ? <SourceDetail key={source.id} source={source} onClose={() => open(undefined)} /> : null}
        </SplitPane>
      )}
      {values.menu}
      <Dialog
        open={purging}
        onClose={() => setPurging(false)}
        title={t('imports.purgeTitle')}
        description={t('imports.purgeText', { count: removed })}
        width="narrow"
        actions={
          <>
            <Button onClick={() => setPurging(false)}>{t('ui.cancel')}</Button>
            <Button
              kind="danger"
              disabled={purge.running}
              onClick={() =>
                void purge
                  .run({})
                  .then(() => toast(t('imports.purged')))
                  .catch((error: unknown) => toastError(asWatchdeckError(error), t('imports.purgeFailed')))
                  .finally(() => setPurging(false))
              }
            >
              {t('imports.purgeNow')}
            </Button>
          </>
        }
      />
    </div>
  )
}

// Live sources: each with its health, environment and address; one of them, or the form for a new one, beside the list.

import { useState } from 'react'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, engine, useMethod } from '../../lib/engine/index.ts'
import { environmentTone } from '../../lib/environment.ts'
import { saveText } from '../../lib/save-text.ts'
import { Badge, Button, Drawer, EmptyState, ErrorState, Skeleton, SplitPane, StatusShape } from '../../ui/index.ts'
import { HelpLink, linkTo, openTarget, toast, toastError, usePlace } from '../../workbench/index.ts'
import { RECEIVER, ReceiverDetail, ReceiverRow } from './Receiver.tsx'
import { SourceForm } from './SourceForm.tsx'
import { SourceHealth } from './SourceHealth.tsx'
import styles from './Sources.module.css'
import { SourcesImport } from './SourcesImport.tsx'
import { HEALTH_TONES, stateOf } from './tones.ts'

const close = (): void => openTarget({ view: 'sources', path: [] })

/** All live sources as a file for another machine, without their secrets. */
async function exportSources(t: ReturnType<typeof useT>): Promise<void> {
  try {
    const { text, sources } = await engine().call('sources.write', {})
    saveText([text], 'watchdeck-sources.json', 'application/json')
    toast(t('sources.exported', { count: sources }), { detail: t('sources.exportedText') })
  } catch (reason) {
    toastError(asWatchdeckError(reason), t('sources.exportFailed'))
  }
}

export default function SourcesView() {
  const t = useT()
  const [chosen, mode] = usePlace().path
  const list = useMethod('sources.list', { includeRemoved: false })
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={list.refetch} />
  const live = (list.data?.sources ?? []).filter((source) => source.live !== undefined)
  const states = live.map(({ live: told }) => stateOf(told?.health, told?.lacksSecrets))
  const failing = states.filter((state) => state === 'failing' || state === 'resting').length
  const bare = states.filter((state) => state === 'secrets').length
  const source = live.find(({ id }) => id === chosen)
  const adding = chosen === 'new'
  const importing = chosen === 'import'
  return (
    <div className={styles['page']}>
      <div className={styles['top']}>
        <h2 className={styles['headline']}>
          {list.data === undefined
            ? t('ui.loading')
            : live.length === 0
              ? t('sources.headlineNone')
              : t('sources.headline', { count: live.length, failing, bare })}
        </h2>
        <div className={styles['space']} />
        <Button icon="import" onClick={() => openTarget({ view: 'sources', path: ['import'] })}>
          {t('sources.importTitle')}
        </Button>
        <Button icon="export" disabled={live.length === 0} onClick={() => void exportSources(t)}>
          {t('sources.exportTitle')}
        </Button>
        <Button kind="primary" icon="plus" onClick={() => openTarget({ view: 'sources', path: ['new'] })}>
          {t('sources.addTitle')}
        </Button>
      </div>
      <ReceiverRow chosen={chosen === RECEIVER} />
      <SplitPane
        id="sources.detail"
        covers
        label={t('imports.detail')}
        direction="row"
        sized="second"
        initial={560}
        min={360}
        open={source !== undefined || adding || importing || chosen === RECEIVER}
      >
        {list.data === undefined ? (
          <Skeleton lines={8} />
        ) : live.length === 0 ? (
          <EmptyState title={t('sources.emptyTitle')} actions={<HelpLink topic="connectors" />}>
            {t('sources.emptyText')}
          </EmptyState>
        ) : (
          <ul className={styles['list']} aria-label={t('sources.title')}>
            {live.map((each) => (
              <SourceRow key={each.id} source={each} chosen={each.id === chosen} />
            ))}
          </ul>
        )}
        {chosen === RECEIVER ? (
          <ReceiverDetail onClose={close} />
        ) : importing ? (
          <Drawer title={t('sources.importTitle')} label={t('sources.importTitle')} onClose={close}>
            <SourcesImport />
          </Drawer>
        ) : adding ? (
          <Drawer title={t('sources.addTitle')} label={t('sources.addTitle')} onClose={close}>
            <SourceForm />
          </Drawer>
        ) : source === undefined ? null : mode === 'edit' ? (
          <EditSource key={source.id} source={source} />
        ) : (
          <SourceHealth key={source.id} source={source} onClose={close} />
        )}
      </SplitPane>
    </div>
  )
}

function SourceRow({ source, chosen }: { source: Source; chosen: boolean }) {
  const t = useT()
  const { id, name, state, live } = source
  const health = stateOf(live?.health, live?.lacksSecrets)
  const word = t(`sources.health.${health}`)
  return (
    <li className={styles['item']}>
      <a
        className={styles['row']}
        href={linkTo('sources', {}, { path: [id] })}
        aria-current={chosen ? 'true' : undefined}
      >
        <StatusShape tone={HEALTH_TONES[health]} label={word} />
        <strong>{name}</strong>
        {live?.environment !== undefined && (
          <Badge filled tone={environmentTone(live.environment)}>
            {live.environment}
          </Badge>
        )}
        {state === 'off' && <Badge tone="neutral">{t('imports.state.off')}</Badge>}
        <span className={styles['mono']}>{live?.url}</span>
        <span className={styles['dim']}>
          {live?.product === undefined || health === 'secrets' ? word : `${live.product} ${live.version ?? ''}`}
        </span>
      </a>
      {health === 'secrets' && (
        <a className={styles['again']} href={linkTo('sources', {}, { path: [id, 'edit'] })}>
          {t('sources.giveAgain')}
        </a>
      )}
    </li>
  )
}

function EditSource({ source }: { source: Source }) {
  const { id, name, live } = source
  // the form begins once, with how the source is now: an answer of before the last edit would be kept with the next
  const asked = useMethod('sources.spec', { id }, { staleMs: 0, keepPrevious: false })
  const [spec, setSpec] = useState<SourceSpec>()
  if (spec === undefined && asked.data && !asked.fetching) setSpec(asked.data)
  return (
    <Drawer title={name} label={name} onClose={close}>
      {spec === undefined && asked.error ? (
        <ErrorState error={asked.error} onRetry={asked.refetch} />
      ) : spec ? (
        <SourceForm id={id} before={spec} keeps={live?.keeps} over={live?.lacksSecrets} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  )
}

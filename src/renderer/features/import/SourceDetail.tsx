// One source: name, switch, clock, what it holds, where it came from, what was read into it, and the ways out.

import { useState } from 'react'
import { asEpochNs, tryParseRfc3339 } from '../../../shared/base/time.ts'
import { datedByServer } from '../../../shared/contract/source-spec.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatTime } from '../../lib/zone.ts'
import { Badge, Button, Drawer, Num, TextField, Time } from '../../ui/index.ts'
import { linkTo } from '../../workbench/index.ts'
import { formatClockOffset, parseClockOffset } from './clock.ts'
import { ExportDialog } from './ExportDialog.tsx'
import styles from './Import.module.css'
import { ImportHistory } from './ImportHistory.tsx'
import { lookTarget } from './look.ts'
import { useSourceActions } from './source-actions.ts'
import { SourceSwitch } from './SourceSwitch.tsx'
import { instantOf, STATE_TONES } from './source-table.tsx'

const COUNTS = ['spans', 'logs', 'samples', 'series', 'objects', 'happenings', 'userEvents'] as const

export function SourceDetail({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useT()
  const actions = useSourceActions()
  const [name, setName] = useState(source.name)
  const [exporting, setExporting] = useState(false)
  const removed = source.state === 'removed'
  const look = lookTarget(source)
  const rename = (): void => {
    const next = name.trim()
    if (next === '') setName(source.name)
    else if (next !== source.name) void actions.rename(source, next)
  }
  return (
    <Drawer
      title={source.name}
      label={t('imports.detailOf', { name: source.name })}
      onClose={onClose}
      actions={<Badge tone={STATE_TONES[source.state]}>{t(`imports.state.${source.state}`)}</Badge>}
    >
      <div className={styles['detail']}>
        {removed ? (
          <div className={styles['stack']}>
            <p>
              {t('imports.removedUntil')} <Time ns={tryParseRfc3339(source.undoUntil ?? '')} />
            </p>
            <Button kind="primary" onClick={() => void actions.restore(source)}>
              {t('imports.restore')}
            </Button>
          </div>
        ) : (
          <div className={styles['buttons']}>
            {look && (
              <a className={styles['primaryLink']} href={linkTo(look.view, look.params, { filters: [] })}>
                {t('imports.lookAt')}
              </a>
            )}
            <Button icon="arrowDown" onClick={() => setExporting(true)} disabled={source.state === 'broken'}>
              {t('imports.export')}
            </Button>
            <Button
              kind="danger"
              icon="trash"
              disabled={source.state === 'loading'}
              onClick={() => void actions.remove(source)}
            >
              {t('ui.remove')}
            </Button>
          </div>
        )}
        {!removed && (
          <form
            className={styles['stack']}
            onSubmit={(event) => {
              event.preventDefault()
              rename()
            }}
          >
            <TextField
              label={t('imports.column.name')}
              showLabel
              value={name}
              onChange={setName}
              onBlur={rename}
              maxLength={200}
            />
            <SourceSwitch source={source} labelled />
          </form>
        )}
        {!removed && <ClockEditor source={source} />}
        <section>
          <h3>{t('imports.holds')}</h3>
          <dl className={styles['facts']}>
            {COUNTS.filter((key) => source.counts[key] > 0).map((key) => (
              <div key={key}>
                <dt>{t(`imports.count.${key}`)}</dt>
                <dd>{formatCount(source.counts[key])}</dd>
              </div>
            ))}
            {source.bytes !== undefined && (
              <div>
                <dt title={t('imports.bytesWhy')}>{t('imports.column.bytes')}</dt>
                <dd>
                  <Num value={source.bytes} unit="By" />
                </dd>
              </div>
            )}
            <div>
              <dt>{t('imports.column.from')}</dt>
              <dd>
                <Time ns={instantOf(source.from)} day precision="ms" />
              </dd>
            </div>
            <div>
              <dt>{t('imports.column.to')}</dt>
              <dd>
                <Time ns={instantOf(source.to)} day precision="ms" />
              </dd>
            </div>
            <div>
              <dt>{t('imports.added')}</dt>
              <dd>
                <Time ns={tryParseRfc3339(source.createdAt)} day />
              </dd>
            </div>
          </dl>
        </section>
        {source.kind === 'import' ? (
          <ImportHistory source={source} />
        ) : (
          <section>
            <h3>{t('imports.origin')}</h3>
            {source.origin.map((origin) => (
              <p key={origin} className={styles['path']}>
                {origin}
              </p>
            ))}
          </section>
        )}
        {exporting && <ExportDialog source={source} onClose={() => setExporting(false)} />}
      </div>
    </Drawer>
  )
}

function ClockEditor({ source }: { source: Source }) {
  const t = useT()
  const actions = useSourceActions()
  const zone = usePreferences((p) => p.zone)
  const now = BigInt(source.clockOffsetNs)
  const [text, setText] = useState(now === 0n || datedByServer(source.kind) ? '' : formatClockOffset(now))
  const typed = parseClockOffset(text)
  const first = tryParseRfc3339(source.from ?? '')
  const clock = (offset: bigint): string =>
    first === undefined ? '' : formatTime(asEpochNs(first - now + offset), zone, 'ms')
  const byServer = datedByServer(source.kind)
  const fixed = source.readOnly || byServer
  const help = source.readOnly
    ? t('imports.clockReadOnly')
    : byServer
      ? t('imports.clockByServer')
      : typed === undefined || first === undefined
        ? t('imports.clockHelp')
        : typed === now
          ? t(now === 0n ? 'imports.clockNone' : 'imports.clockNow', { time: clock(now) })
          : t('imports.clockEffect', { before: clock(now), after: clock(typed) })
  return (
    <form
      className={styles['clock']}
      onSubmit={(event) => {
        event.preventDefault()
        if (typed !== undefined && typed !== now) void actions.setClock(source, typed)
      }}
    >
      <TextField
        label={t('imports.clock')}
        showLabel
        mono
        placeholder="+1.5s"
        value={text}
        onChange={setText}
        disabled={fixed}
        help={help}
        error={typed === undefined ? t('imports.clockWrong') : undefined}
      />
      <Button type="submit" disabled={fixed || typed === undefined || typed === now}>
        {t('workbench.range.apply')}
      </Button>
    </form>
  )
}

// The one line that says how bad it is: number, title, severity, stage with its clock, window, and what can be done.

import { useRef, useState } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { cx } from '../../lib/cx.ts'
import { Badge, Button, IconButton, Menu, NameTag } from '../../ui/index.ts'
import { addFilter, linkTo, removeFilter, setRange, toastError, useFilters } from '../../workbench/index.ts'
import { rangeLabel } from '../../workbench/time-range.ts'
import { closeFile, removeIncident, restoreIncident } from './incident-actions.ts'
import { RecordControl } from './RecordControl.tsx'
import { StageControl } from './StageControl.tsx'
import styles from './WarRoom.module.css'
import { numberOfIncident, SEVERITIES, SEVERITY_TONE, severityKey } from './words.ts'

/** opened from the header, from the palette, or by a link */
export type RoomDialog = 'summary' | 'report' | 'save' | 'edit' | 'record'

export interface WarHeaderProps {
  readonly incident: Incident
  readonly onDialog: (dialog: RoomDialog) => void
  readonly sideOpen: boolean
  readonly onSide: () => void
  readonly brushed: boolean
}

export function WarHeader({ incident, onDialog, sideOpen, onSide, brushed }: WarHeaderProps) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const update = useCommand('incidents.update')
  const filters = useFilters()
  const range = {
    from: tryParseRfc3339(incident.range.from),
    to: tryParseRfc3339(incident.range.to),
  }
  const change = (input: Omit<Parameters<typeof update.run>[0], 'id'>): void => {
    update
      .run({ id: incident.id, ...input })
      .catch((error: unknown) => toastError(asWatchdeckError(error), t('incidents.changeFailed')))
  }
  const severity = <Badge tone={SEVERITY_TONE[incident.severity]}>{t(severityKey(incident.severity))}</Badge>
  return (
    <header className={styles['header']}>
      <a className={styles['number']} href={linkTo('incidents')} title={t('incidents.toList')}>
        {numberOfIncident(incident)}
      </a>
      <Title incident={incident} onChange={(title) => change({ title })} />
      {incident.readOnly ? (
        severity
      ) : (
        <Menu
          trigger={
            <button type="button" className={styles['plain']} title={t('incidents.setSeverity')}>
              {severity}
            </button>
          }
          groups={[
            {
              items: SEVERITIES.map((s) => ({
                id: s,
                label: <Badge tone={SEVERITY_TONE[s]}>{t(severityKey(s))}</Badge>,
                checked: s === incident.severity,
                run: () => change({ severity: s }),
              })),
            },
          ]}
        />
      )}
      <StageControl
        incident={incident}
        onStage={(stage, stageAt) => change({ stage, ...(stageAt === undefined ? {} : { stageAt }) })}
      />
      {!incident.readOnly && !incident.removed && (
        <RecordControl incident={incident} onOpen={() => onDialog('record')} />
      )}
      {range.from !== undefined && range.to !== undefined && (
        <button
          type="button"
          className={cx(styles['plain'], styles['window'])}
          title={t('incidents.wholeWindow')}
          onClick={() => setRange(incident.range)}
        >
          [{rangeLabel({ from: range.from, to: range.to }, zone)}]{brushed && <span className={styles['dim']}> ↺</span>}
        </button>
      )}
      <div className={styles['services']}>
        {incident.services.slice(0, 5).map((name) => {
          const filter = { field: 'service', value: name, exclude: false }
          const on = filters.some((f) => f.field === 'service' && f.value === name && !f.exclude)
          return (
            <button
              key={name}
              type="button"
              className={cx(styles['plain'], on && styles['on'])}
              aria-pressed={on}
              aria-label={t('workbench.value.filterIn', { field: 'service', value: name })}
              onClick={() => (on ? removeFilter(filter) : addFilter(filter))}
            >
              <NameTag name={name} />
            </button>
          )
        })}
        {incident.services.length > 5 && <span className={styles['dim']}>+{incident.services.length - 5}</span>}
      </div>
      <div className={styles['actions']}>
        <Button kind="quiet" icon="copy" onClick={() => onDialog('summary')}>
          {t('incidents.summaryShort')}
        </Button>
        <Button kind="quiet" icon="note" onClick={() => onDialog('report')}>
          {t('reports.short')}
        </Button>
        <Button kind="quiet" icon="file" data-tour="save" onClick={() => onDialog('save')}>
          {t('files.saveShort')}
        </Button>
        <Menu
          align="end"
          trigger={<Button kind="quiet" icon="more" aria-label={t('incidents.more')} />}
          groups={[
            {
              items: [
                {
                  id: 'edit',
                  icon: 'edit',
                  keys: 'e',
                  label: t('incidents.edit'),
                  disabled: incident.readOnly,
                  run: () => onDialog('edit'),
                },
                {
                  id: 'whole',
                  icon: 'clock',
                  keys: '0',
                  label: t('incidents.wholeWindow'),
                  run: () => setRange(incident.range),
                },
              ],
            },
            {
              items: incident.readOnly
                ? [{ id: 'close', icon: 'close', label: t('files.close'), run: () => void closeFile(incident) }]
                : incident.removed
                  ? [{ id: 'restore', label: t('incidents.restore'), run: () => void restoreIncident(incident.id) }]
                  : [
                      {
                        id: 'remove',
                        icon: 'trash',
                        label: t('incidents.remove'),
                        danger: true,
                        run: () => void removeIncident(incident),
                      },
                    ],
            },
          ]}
        />
        <IconButton icon="panelRight" label={t('incidents.side')} keys="\" pressed={sideOpen} onClick={onSide} />
      </div>
    </header>
  )
}

/** A field that takes the place of what was pressed is where one goes on. */
const takeFocus = (field: HTMLInputElement | null): void => {
  if (field && document.activeElement !== field) {
    field.focus()
    field.select()
  }
}

/** Read as text, changed in place: Enter keeps, Escape takes back, leaving the field keeps. */
function Title({ incident, onChange }: { incident: Incident; onChange: (title: string) => void }) {
  const t = useT()
  const [text, setText] = useState<string>()
  const button = useRef<HTMLButtonElement>(null)
  if (incident.readOnly || text === undefined)
    return (
      <h2 className={styles['titleHost']}>
        {incident.readOnly ? (
          <span className={styles['title']}>{incident.title}</span>
        ) : (
          <button
            ref={button}
            type="button"
            className={cx(styles['plain'], styles['title'])}
            title={t('incidents.editTitleHint')}
            onClick={() => setText(incident.title)}
          >
            {incident.title}
          </button>
        )}
      </h2>
    )
  const end = (keep: boolean): void => {
    const next = text.trim()
    setText(undefined)
    if (keep && next !== '' && next !== incident.title) onChange(next)
    requestAnimationFrame(() => button.current?.focus())
  }
  return (
    <input
      className={styles['titleField']}
      aria-label={t('incidents.form.title')}
      value={text}
      maxLength={300}
      ref={takeFocus}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') end(true)
        else if (event.key === 'Escape') end(false)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}

// What people know: a note to write, then notes and pins in the order of the time they speak of.

import { useRef, useState } from 'react'
import { formatRfc3339, type TimeRange } from '../../../shared/base/time.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, type MethodState, useCommand } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, parseTypedInstant, zoneLabel } from '../../lib/zone.ts'
import { Button, Chip, EmptyState, ErrorState, Markdown, Skeleton, TextArea, TextField } from '../../ui/index.ts'
import { toastError, useParam } from '../../workbench/index.ts'
import { windowOf } from './clocks.ts'
import { EntryCard } from './EntryCard.tsx'
import { now } from './now.ts'
import styles from './Side.module.css'
import { roleWord } from './words.ts'

export interface SideColumnProps {
  readonly incident: Incident
  readonly entries: MethodState<MethodOutput<'incidents.entries'>>
  readonly brush: TimeRange | undefined
  readonly onEdit: () => void
}

const KINDS = ['all', 'note', 'pin'] as const
type Kind = (typeof KINDS)[number]
const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text)

export function SideColumn({ incident, entries, brush, onEdit }: SideColumnProps) {
  const t = useT()
  const [param, setKind] = useParam<string>('show', 'all')
  const kind = isKind(param) ? param : 'all'
  const all = (entries.data?.entries ?? []).filter((e) => e.kind !== 'stage')
  const shown = all.filter((e) => kind === 'all' || e.kind === kind)
  const count = (k: Kind): number => (k === 'all' ? all.length : all.filter((e) => e.kind === k).length)
  const roles = Object.entries(incident.roles)
  return (
    <aside className={styles['side']} aria-label={t('incidents.side')}>
      <div className={styles['scroll']}>
        {(incident.summary !== '' || roles.length > 0 || incident.tags.length > 0) && (
          <section className={styles['about']} aria-label={t('incidents.about')}>
            {incident.summary !== '' && <Markdown text={incident.summary} />}
            {roles.length > 0 && (
              <dl>
                {roles.map(([role, person]) => (
                  <div key={role}>
                    <dt>{roleWord(role, t)}</dt>
                    <dd>{person}</dd>
                  </div>
                ))}
              </dl>
            )}
            {incident.tags.length > 0 && (
              <div className={styles['tags']}>
                {incident.tags.map((tag) => (
                  <Chip key={tag}>{tag}</Chip>
                ))}
              </div>
            )}
          </section>
        )}
        {!incident.readOnly && <NoteEditor incident={incident} brush={brush} />}
        <div className={styles['filter']} role="group" aria-label={t('incidents.entries')}>
          {KINDS.map((k) => (
            <Button key={k} kind="quiet" pressed={k === kind} onClick={() => setKind(k === 'all' ? undefined : k)}>
              {t(`incidents.show.${k}`, { count: count(k) })}
            </Button>
          ))}
          {!incident.readOnly && incident.summary === '' && roles.length === 0 && (
            <Button kind="quiet" className={styles['end'] ?? ''} onClick={onEdit}>
              {t('incidents.addSummary')}
            </Button>
          )}
        </div>
        {entries.error ? (
          <ErrorState error={entries.error} onRetry={entries.refetch} what={t('incidents.entriesFailed')} />
        ) : entries.loading ? (
          <Skeleton lines={5} className={styles['pad'] ?? ''} />
        ) : shown.length === 0 ? (
          <EmptyState title={t('incidents.noEntries')}>{t('incidents.noEntriesText')}</EmptyState>
        ) : (
          <ol className={styles['entries']}>
            {shown.map((entry) => (
              <EntryCard key={entry.id} entry={entry} readOnly={incident.readOnly} within={windowOf(incident)} />
            ))}
          </ol>
        )}
      </div>
    </aside>
  )
}

/** Ctrl/Cmd+Enter writes it down. The time is that of the brush, else now, and can be typed. */
function NoteEditor({ incident, brush }: { incident: Incident; brush: TimeRange | undefined }) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const note = useCommand('incidents.note')
  const [text, setText] = useState('')
  const [typed, setTyped] = useState<string>()
  const field = useRef<HTMLTextAreaElement>(null)
  const proposed = brush ? formatDateTime(brush.from, zone, 's') : ''
  const when = typed ?? proposed
  const span = windowOf(incident)
  const at = when.trim() === '' ? undefined : parseTypedInstant(when, zone, now(), span)
  const wrong = when.trim() !== '' && at === undefined
  const write = async (): Promise<void> => {
    if (text.trim() === '' || wrong || note.running) return
    // what was proposed keeps its fraction of a second
    const exact = typed === undefined && brush ? brush.from : at
    try {
      await note.run({
        incident: incident.id,
        markdown: text.trim(),
        ...(exact === undefined ? {} : { at: formatRfc3339(exact) }),
      })
      setText('')
      setTyped(undefined)
      field.current?.focus()
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.noteFailed'))
    }
  }
  const outside = at !== undefined && (at < span.from || at >= span.to)
  return (
    <form
      className={styles['note']}
      onSubmit={(event) => {
        event.preventDefault()
        void write()
      }}
    >
      <TextArea
        ref={field}
        id="incident-note"
        label={t('incidents.note')}
        placeholder={t('incidents.noteExample')}
        value={text}
        rows={text === '' ? 2 : 5}
        onChange={setText}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void write()
          else if (event.key === 'Escape') field.current?.blur()
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      <div className={styles['noteRow']}>
        <TextField
          label={t('incidents.noteWhen')}
          icon="clock"
          mono
          placeholder={t('incidents.noteNow')}
          value={when}
          onChange={setTyped}
          error={wrong ? t('incidents.form.timeWrong') : undefined}
          // a clock time alone has a day: it is read before the note is written
          help={
            typed === undefined || at === undefined ? undefined : (
              <>
                {formatDateTime(at, zone, 's')} {zoneLabel(at, zone)}
                {outside && ` · ${t('incidents.outside')}`}
              </>
            )
          }
        />
        <Button type="submit" kind={text.trim() === '' ? 'plain' : 'primary'} disabled={text.trim() === '' || wrong}>
          {t('incidents.writeNote')}
        </Button>
      </div>
    </form>
  )
}

// One note or pin: when it was, what it says, what was asked and how complete the answer was. Edited in place, removed
// with an undo, opened at the exact view.

import { type RefObject, useRef, useState } from 'react'
import { formatRfc3339, type TimeRange, tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Completeness } from '../../../shared/contract/define.ts'
import type { Entry } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, engine, useCommand } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, parseTypedInstant } from '../../lib/zone.ts'
import { Button, Icon, IconButton, Markdown, Menu, PartialNote, TextArea, TextField, Time } from '../../ui/index.ts'
import { openTarget, toast, toastError, undoBy } from '../../workbench/index.ts'
import { now } from './now.ts'
import { hrefOf, laneOf, queryLine, targetOfPin } from './pin-target.ts'
import { PinnedAnswer } from './PinnedAnswer.tsx'
import styles from './Side.module.css'
import { kindKey } from './words.ts'

const MINUTE = 60_000_000_000n

function completenessOf(value: unknown): Completeness | undefined {
  if (typeof value !== 'object' || value === null || !('complete' in value) || typeof value.complete !== 'boolean')
    return undefined
  const missing = 'missing' in value && Array.isArray(value.missing) ? (value.missing as Completeness['missing']) : []
  const truncated = 'truncated' in value ? (value.truncated as Completeness['truncated']) : undefined
  return { complete: value.complete, missing, ...(truncated ? { truncated } : {}) }
}

export function EntryCard({ entry, readOnly, within }: { entry: Entry; readOnly: boolean; within: TimeRange }) {
  const t = useT()
  const [editing, setEditing] = useState(false)
  const [answer, setAnswer] = useState(false)
  const card = useRef<HTMLLIElement>(null)
  const at = tryParseRfc3339(entry.at) ?? 0n
  const recorded = tryParseRfc3339(entry.recordedAt) ?? at
  const what = entry.what
  const target = what ? targetOfPin(what) : undefined
  const line = what ? queryLine(what) : ''
  const title = entry.title || (what ? t(kindKey(what.method)) : '')
  const completeness = completenessOf(entry.completeness)
  const open = (): void => {
    if (target) openTarget(target)
  }
  const remove = async (): Promise<void> => {
    try {
      await engine().call('incidents.removeEntry', { id: entry.id })
      toast(t(entry.kind === 'pin' ? 'incidents.pinRemoved' : 'incidents.noteRemoved'), {
        action: undoBy('incidents.restoreEntry', { id: entry.id }, t('ui.undoFailed')),
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.changeFailed'))
    }
  }
  const setLane = async (lane: boolean): Promise<void> => {
    try {
      await engine().call('incidents.editEntry', { id: entry.id, lane })
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.changeFailed'))
    }
  }
  return (
    <li
      ref={card}
      id={`entry-${entry.id}`}
      className={styles['entry']}
      tabIndex={-1}
      data-kind={entry.kind}
      onKeyDown={(event) => {
        if (readOnly || event.target !== event.currentTarget) return
        if (event.key === 'Delete') void remove()
        else if (event.key === 'Enter' || event.key === 'e') setEditing(true)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <div className={styles['entryHead']}>
        <Icon name={entry.kind === 'pin' ? 'pin' : 'note'} size={12} />
        <Time ns={at} day />
        {recorded - at > MINUTE && (
          <span className={styles['dim']} title={t('incidents.writtenDown')}>
            ({t('incidents.later')})
          </span>
        )}
        <span className={styles['grow']} />
        {what && <IconButton icon="eye" label={t('incidents.keptAnswer')} onClick={() => setAnswer(true)} />}
        {target && <IconButton icon="arrowRight" label={t('incidents.openThere')} onClick={open} />}
        {!readOnly && (
          <Menu
            align="end"
            trigger={
              <IconButton
                icon="more"
                label={t('incidents.entryMenu', { title: title || entry.markdown.slice(0, 40) })}
              />
            }
            groups={[
              {
                items: [
                  { id: 'edit', icon: 'edit', label: t('incidents.editEntry'), run: () => setEditing(true) },
                  ...(what && laneOf(what)
                    ? [
                        {
                          id: 'lane',
                          icon: 'metrics' as const,
                          label: t('incidents.asLane'),
                          checked: entry.lane,
                          run: () => void setLane(!entry.lane),
                        },
                      ]
                    : []),
                  {
                    id: 'remove',
                    icon: 'trash',
                    label: t('incidents.removeEntry'),
                    danger: true,
                    run: () => void remove(),
                  },
                ],
              },
            ]}
          />
        )}
      </div>
      {editing ? (
        <EntryEditor entry={entry} within={within} onClose={() => setEditing(false)} card={card} />
      ) : (
        <>
          {title !== '' &&
            (target ? (
              <a className={styles['pinTitle']} href={hrefOf(target)}>
                {title}
              </a>
            ) : (
              <b className={styles['pinTitle']}>{title}</b>
            ))}
          {what && (
            <div className={styles['what']}>
              <span>{t(kindKey(what.method))}</span>
              {line !== '' && line !== title && <code title={line}>{line}</code>}
            </div>
          )}
          {entry.markdown !== '' && <Markdown text={entry.markdown} className={styles['text'] ?? ''} />}
          <PartialNote completeness={completeness} />
        </>
      )}
      {answer && <PinnedAnswer entry={entry} onClose={() => setAnswer(false)} />}
    </li>
  )
}

function EntryEditor({
  entry,
  within,
  onClose,
  card,
}: {
  entry: Entry
  within: TimeRange
  onClose: () => void
  card: RefObject<HTMLLIElement | null>
}) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const edit = useCommand('incidents.editEntry')
  const shown = formatDateTime(tryParseRfc3339(entry.at) ?? 0n, zone, 's')
  const [title, setTitle] = useState(entry.title)
  const [text, setText] = useState(entry.markdown)
  const [when, setWhen] = useState(shown)
  const at = parseTypedInstant(when, zone, now(), within)
  const close = (): void => {
    onClose()
    requestAnimationFrame(() => card.current?.focus())
  }
  const keep = async (): Promise<void> => {
    if (at === undefined || edit.running || (entry.kind === 'note' && text.trim() === '')) return
    try {
      await edit.run({
        id: entry.id,
        markdown: text,
        ...(entry.kind === 'pin' ? { title: title.trim() } : {}),
        // untouched, it keeps its fraction of a second
        ...(when === shown ? {} : { at: formatRfc3339(at) }),
      })
      close()
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.changeFailed'))
    }
  }
  return (
    <form
      className={styles['editor']}
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Escape') close()
        else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void keep()
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      {entry.kind === 'pin' && (
        <TextField label={t('incidents.form.title')} value={title} maxLength={300} onChange={setTitle} />
      )}
      <TextArea label={t('incidents.note')} autoFocus value={text} rows={5} onChange={setText} />
      <div className={styles['noteRow']}>
        <TextField
          label={t('incidents.noteWhen')}
          icon="clock"
          mono
          value={when}
          onChange={setWhen}
          error={at === undefined ? t('incidents.form.timeWrong') : undefined}
        />
        <Button onClick={close}>{t('ui.cancel')}</Button>
        <Button type="submit" kind="primary" disabled={at === undefined}>
          {t('incidents.keep')}
        </Button>
      </div>
    </form>
  )
}

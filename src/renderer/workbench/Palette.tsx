// Ctrl/Cmd K: one field for commands, views, incidents, services, and whatever was copied from another tool.

import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { fromMillis } from '../../shared/base/time.ts'
import { type PastedLink, parsePasted } from '../../shared/domain/links.ts'
import { sentences, type Translate, useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { rowsOf, useMethod } from '../lib/engine/index.ts'
import { usePreferences } from '../lib/preferences.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { KeyHint } from '../ui/KeyHint.tsx'
import { linkRange } from './link-range.ts'
import { openTarget } from './links.ts'
import { closeOverlay, useOverlay } from './overlays.ts'
import { allCommands } from './own-commands.ts'
import { matchScore } from './match.ts'
import { addFilter, useScope } from './place-store.ts'
import { toast } from './toasts.ts'
import styles from './workbench.module.css'

interface Entry {
  readonly id: string
  readonly label: string
  readonly group: string
  readonly icon?: IconName
  readonly keys?: string | undefined
  readonly run: () => void
}

const focusWhenShown = (input: HTMLInputElement | null): void => input?.focus()

export function Palette() {
  const t = useT()
  const open = useOverlay((s) => s.open === 'palette')
  return (
    <Dialog open={open} onClose={closeOverlay} title={t('workbench.command.palette')} bare>
      <PaletteBody />
    </Dialog>
  )
}

function linkEntry(link: PastedLink, t: Translate): Entry {
  const group = t('workbench.group.links')
  const read = link.range && linkRange(link.range, usePreferences.getState().zone, fromMillis(Date.now()))
  const range = read ? { range: { from: read.from, to: read.to } } : {}
  switch (link.kind) {
    case 'trace':
      return {
        id: 'link',
        group,
        icon: 'traces',
        label: t('workbench.palette.trace', { id: link.traceId }),
        run: () =>
          openTarget({
            view: 'traces',
            path: [link.traceId],
            params: { ...range, ...(link.spanId ? { span: link.spanId } : {}) },
          }),
      }
    case 'traces': {
      const { kind: _kind, range: _range, attributes, ...rest } = link
      return {
        id: 'link',
        group,
        icon: 'traces',
        label: t('workbench.palette.traces'),
        run: () =>
          openTarget({
            view: 'traces',
            params: { ...rest, ...(attributes ? { attributes: { ...attributes } } : {}), ...range },
          }),
      }
    }
    case 'metrics':
      return {
        id: 'link',
        group,
        icon: 'metrics',
        label: t('workbench.palette.metrics', { query: link.query }),
        run: () => openTarget({ view: 'metrics', params: { query: link.query, ...range } }),
      }
    case 'logs':
      return {
        id: 'link',
        group,
        icon: 'logs',
        label: t('workbench.palette.logs'),
        run: () => openTarget({ view: 'logs', params: { query: link.query, ...range } }),
      }
    case 'dashboard':
      return {
        id: 'link',
        group,
        icon: 'metrics',
        label: t(read ? 'workbench.palette.dashboard' : 'workbench.palette.dashboardOnly', { name: link.name }),
        run: () => {
          openTarget({
            view: 'metrics',
            params: range,
            ...(link.service ? { filters: [{ field: 'service', value: link.service, exclude: false }] } : {}),
          })
          const left = link.left.join(', ')
          toast(t(read ? 'workbench.palette.dashboardTime' : 'workbench.palette.dashboardNoTime'), {
            tone: 'note',
            detail: sentences([
              t('workbench.palette.dashboardQueries'),
              ...(left === '' ? [] : [t('workbench.palette.dashboardLeft', { left })]),
            ]),
          })
        },
      }
  }
}

function PaletteBody() {
  const t = useT()
  const listId = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const scope = useScope()
  const incidents = useMethod('incidents.list', { limit: 50 })
  const services = useMethod('traces.values', { ...scope, key: 'service', limit: 200 })
  const list = useRef<HTMLDivElement>(null)

  const entries = useMemo(() => {
    const all: Entry[] = allCommands()
      .filter((c) => c.inPalette !== false && (c.when === undefined || c.when()))
      .map((c) => ({
        id: c.id,
        label: t(c.title),
        group: t(c.group ?? 'workbench.group.general'),
        keys: c.keys?.[0],
        run: c.run,
      }))
    for (const i of incidents.data?.incidents ?? [])
      all.push({
        id: `incident.${i.id}`,
        icon: 'incidents',
        group: t('workbench.group.incidents'),
        label: `INC-${i.number} ${i.title}`,
        run: () => openTarget({ view: 'incidents', path: [i.id] }),
      })
    if (services.data)
      for (const row of rowsOf(services.data.table)) {
        const name = String(row['value'])
        all.push({
          id: `service.${name}`,
          icon: 'filter',
          group: t('workbench.group.services'),
          label: t('workbench.palette.service', { name }),
          run: () => addFilter({ field: 'service', value: name, exclude: false }),
        })
      }
    const query = text.trim()
    const link = query === '' ? undefined : parsePasted(query)
    const scored = all
      .map((entry) => ({ entry, score: matchScore(entry.label, query) }))
      .filter((s) => s.score > 0 && (query !== '' || !s.entry.id.startsWith('service.')))
    if (query !== '') scored.sort((a, b) => b.score - a.score)
    const help: Entry = {
      id: 'help.search',
      icon: 'help',
      group: t('app.view.help'),
      label: t('workbench.palette.help', { text: query }),
      run: () => openTarget({ view: 'help', params: { q: query } }),
    }
    const found = [...(link ? [linkEntry(link, t)] : []), ...scored.map((s) => s.entry)].slice(0, 60)
    return query === '' ? found : [...found, help]
  }, [text, t, incidents.data, services.data])

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  })
  const run = (entry: Entry | undefined): void => {
    if (!entry) return
    closeOverlay()
    // after the dialog has given the focus back, so that the command may move it
    requestAnimationFrame(() => entry.run())
  }
  const current = Math.min(at, entries.length - 1)
  return (
    <div className={styles['palette']}>
      <input
        className={styles['paletteInput']}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={entries[current] ? `${listId}-${current}` : undefined}
        aria-label={t('workbench.command.palette')}
        placeholder={t('workbench.palette.placeholder')}
        ref={focusWhenShown}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(1, entries.length))
          else if (event.key === 'ArrowUp') setAt((current - 1 + entries.length) % Math.max(1, entries.length))
          else if (event.key === 'Enter') run(entries[current])
          else return
          event.preventDefault()
        }}
      />
      <div
        id={listId}
        ref={list}
        role="listbox"
        aria-label={t('workbench.command.palette')}
        className={styles['paletteList']}
      >
        {entries.map((entry, i) => (
          <div
            key={entry.id}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === current}
            className={cx(styles['paletteItem'], i === current && styles['paletteCurrent'])}
            onPointerMove={() => setAt(i)}
            onClick={() => run(entry)}
            // the input keeps the focus; assistive tools may bring it here
            onKeyDown={(event) => event.key === 'Enter' && run(entry)}
          >
            {entry.icon && <Icon name={entry.icon} />}
            <span className={styles['ellipsis']}>{entry.label}</span>
            <span className={styles['paletteEnd']}>
              {entry.keys !== undefined ? <KeyHint keys={entry.keys} /> : entry.group}
            </span>
          </div>
        ))}
      </div>
      {entries.every(({ id }) => id === 'help.search') && (
        <p className={styles['paletteNone']}>{t('workbench.palette.none')}</p>
      )}
    </div>
  )
}

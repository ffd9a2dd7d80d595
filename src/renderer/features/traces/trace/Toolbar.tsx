// What narrows the waterfall: search inside with next and previous, only errors or critical path, folds, the part shown.

import { type Ref, useEffect, useState } from 'react'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { useT } from '../../../i18n/index.ts'
import { useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import { Button, IconButton, Menu, Select, TextField } from '../../../ui/index.ts'
import { foldFrom, unfoldAll } from './folding.ts'
import type { Header } from './header.ts'
import { firstPage, type WaterfallInput } from './lines.ts'
import { ONLY, type Only, type TraceChange, type TraceState } from './state.ts'
import styles from './trace.module.css'
import type { Step } from './use-commands.ts'
import type { Zoom } from './zoom.ts'

const TYPING_MS = 200

export function Toolbar({
  header,
  state,
  change,
  zoom,
  step,
  base,
  ref,
}: {
  header: Header
  state: TraceState
  change: TraceChange
  zoom: Zoom
  step: Step
  base: WaterfallInput
  ref: Ref<HTMLInputElement>
}) {
  const t = useT()
  const [typed, setTyped] = useState(state.find)
  useEffect(() => setTyped(state.find), [state.find])
  useEffect(() => {
    if (typed === state.find) return
    const timer = setTimeout(() => change({ find: typed }, { replace: true }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed, state.find, change])
  // the rows know how many match: the view below asks the same and hears it in one answer
  const matches = useMethod('traces.waterfall', state.find === '' ? null : firstPage(base))
  const depths = Array.from({ length: Math.min(6, header.depth) }, (_, i) => i + 1)
  return (
    <div className={styles['bar']} role="toolbar" aria-label={t('traces.narrow')}>
      <TextField
        ref={ref}
        label={t('traces.find')}
        placeholder={t('traces.find')}
        icon="search"
        className={styles['find'] ?? ''}
        value={typed}
        onChange={setTyped}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') {
            if (typed !== state.find) change({ find: typed }, { replace: true })
            else step('matches', event.shiftKey ? 'previous' : 'next')
          } else if (event.key === 'Escape') {
            if (typed === '') event.currentTarget.blur()
            else change({ find: '', only: state.only === 'matches' ? 'all' : state.only }, { replace: true })
            setTyped('')
          } else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      {state.find !== '' && (
        <>
          <span className={styles['count']} role="status">
            {matches.data?.summary ? t('traces.matchCount', { count: matches.data.summary.matches }) : '…'}
          </span>
          <IconButton
            icon="chevronUp"
            label={t('traces.command.previousMatch')}
            keys="Shift+n"
            onClick={() => step('matches', 'previous')}
          />
          <IconButton
            icon="chevronDown"
            label={t('traces.command.nextMatch')}
            keys="n"
            onClick={() => step('matches', 'next')}
          />
        </>
      )}
      <Select<Only>
        label={t('traces.show')}
        showLabel
        value={state.only}
        options={ONLY.map((only) => ({ value: only, label: t(`traces.only.${only}`) }))}
        onChange={(only) => change({ only })}
      />
      {header.errors > 0 && (
        <span className={styles['pairOfButtons']}>
          <IconButton
            icon="chevronUp"
            label={t('traces.command.previousError')}
            keys="["
            onClick={() => step('errors', 'previous')}
          />
          <span className={styles['bad']}>{t('traces.errorCount', { count: header.errors })}</span>
          <IconButton
            icon="chevronDown"
            label={t('traces.command.nextError')}
            keys="]"
            onClick={() => step('errors', 'next')}
          />
        </span>
      )}
      <Menu
        trigger={<Button kind="quiet">{t('traces.fold')}</Button>}
        groups={[
          {
            items: [
              { id: 'none', label: t('traces.command.unfoldAll'), keys: 'e', run: () => change(unfoldAll) },
              { id: 'all', label: t('traces.command.foldAll'), keys: 'c', run: () => change(foldFrom(1)) },
            ],
          },
          {
            items: depths.map((depth) => ({
              id: `depth${depth}`,
              label: t('traces.foldFrom', { depth: depth + 1 }),
              checked: state.depth === depth,
              run: () => change(foldFrom(depth)),
            })),
          },
        ]}
      />
      <span className={styles['grow']} />
      <ZoomField zoom={zoom} committed={state.zoom} />
      <IconButton icon="plus" label={t('traces.command.zoomIn')} keys="=" onClick={() => zoom.scale(0.5)} />
      <IconButton icon="minus" label={t('traces.command.zoomOut')} keys="-" onClick={() => zoom.scale(2)} />
      <IconButton
        icon="expand"
        label={t('traces.zoomAll', { spans: formatCount(header.spans) })}
        keys="0"
        disabled={state.zoom === undefined}
        onClick={() => zoom.reset()}
      />
    </div>
  )
}

/** The part shown, as text that can be typed: `120ms - 1.5s`. */
function ZoomField({ zoom, committed }: { zoom: Zoom; committed: readonly [number, number] | undefined }) {
  const t = useT()
  const shown = (): string => {
    const [from, to] = committed ?? [0, zoom.length]
    return `${formatDurationNs(from)} – ${formatDurationNs(to)}`
  }
  const [typed, setTyped] = useState<string>()
  return (
    <TextField
      label={t('traces.partShown')}
      className={styles['zoomField'] ?? ''}
      mono
      value={typed ?? shown()}
      onChange={setTyped}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setTyped(undefined)
        else if (event.key === 'Enter') {
          const [from, to] = (typed ?? '')
            .split(/\s*(?:–|-|\.\.|,)\s*/)
            .map((part) => tryParseDuration(part.replaceAll(' ', '')))
          if (from !== undefined && to !== undefined && to > from) zoom.set(Number(from), Number(to))
          setTyped(undefined)
        } else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}

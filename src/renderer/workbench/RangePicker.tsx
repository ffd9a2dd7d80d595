// The time range of all views: what holds, typed or chosen; earlier, later; live or paused; the zone of all times.

import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError, engine, useMethod } from '../lib/engine/index.ts'
import { adoptPreferences, usePreferences } from '../lib/preferences.ts'
import { resolveZone, zoneLabel } from '../lib/zone.ts'
import { Button, IconButton } from '../ui/Button.tsx'
import { Checkbox, TextField } from '../ui/Field.tsx'
import { Popover } from '../ui/Popover.tsx'
import { Select } from '../ui/Select.tsx'
import { allDataRange } from './data-range.ts'
import { closeOverlay, openRange, useOverlay } from './overlays.ts'
import { refreshNow, setLive, setRange, usePlace, usePlaceStore, useRange } from './place-store.ts'
import type { RangeText } from './place.ts'
import { toastError } from './toasts.ts'
import { isRelative, parseTypedRange, PRESETS, rangeLabel, shifted, tryResolve } from './time-range.ts'
import styles from './workbench.module.css'

const LIVE = ['0', '5000', '10000', '30000', '60000'] as const
const LIVE_TEXT: Record<string, string> = { 5000: '5 s', 10000: '10 s', 30000: '30 s', 60000: '1 min' }

export function RangePicker() {
  const t = useT()
  const range = useRange()
  const zone = usePreferences((p) => p.zone)
  const open = useOverlay((s) => s.open === 'range')
  return (
    <div className={styles['range']}>
      <IconButton
        icon="chevronLeft"
        label={t('workbench.range.earlier')}
        keys="["
        onClick={() => setRange(shifted(range, -1))}
      />
      <Popover
        open={open}
        onOpenChange={(next) => (next ? openRange() : closeOverlay())}
        align="end"
        label={t('workbench.range.title')}
        trigger={
          <Button icon="clock" className={styles['rangeButton'] ?? ''}>
            <span className={styles['ellipsis']}>{rangeLabel(range, zone)}</span>
            <span className={styles['dim']}>{zoneLabel(range.from, zone)}</span>
          </Button>
        }
      >
        <RangeForm />
      </Popover>
      <IconButton
        icon="chevronRight"
        label={t('workbench.range.later')}
        keys="]"
        onClick={() => setRange(shifted(range, 1))}
      />
      <IconButton icon="refresh" label={t('workbench.command.refresh')} keys="r" onClick={refreshNow} />
    </div>
  )
}

function RangeForm() {
  const t = useT()
  const range = useRange()
  const zone = usePreferences((p) => p.zone)
  const now = usePlaceStore((s) => s.now)
  const live = usePlaceStore((s) => s.liveEveryMs)
  const { data } = useMethod('sources.list', {})
  const [typed, setTyped] = useState(() =>
    range.relative ? `${range.text.from} .. ${range.text.to}` : rangeLabel(range, zone),
  )
  const [wrong, setWrong] = useState(false)
  const choose = (text: RangeText): void => {
    setRange(text)
    closeOverlay()
  }
  const recent = usePlaceStore((s) => s.recent)
  const recentLabel = (text: RangeText): string => {
    const resolved = isRelative(text) ? undefined : tryResolve(text, now)
    return resolved ? rangeLabel(resolved, zone) : `${text.from} .. ${text.to}`
  }
  const all = data && allDataRange(data.sources, undefined)
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const settings = useMethod('settings.get', {})
  const place = usePlace()
  const incident = place.view === 'incidents' ? place.path[0] : undefined
  const incidentZones = settings.data?.incidentZones ?? {}
  const alone = incident !== undefined && incidentZones[incident] !== undefined
  /** `only`: for this incident, in the place of the zone of all views */
  const keep = (next: string, only: boolean): void => {
    const others = Object.fromEntries(Object.entries(incidentZones).filter(([id]) => id !== incident))
    const change = !only
      ? { zone: next, ...(alone ? { incidentZones: others } : {}) }
      : { incidentZones: { ...others, ...(incident === undefined ? {} : { [incident]: next }) } }
    engine()
      .call('settings.set', change)
      .catch((error: unknown) => toastError(asWatchdeckError(error), t('app.settings.failed')))
  }
  const zones = [
    ...new Set(['local', 'UTC', zone, 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles']),
  ]
  return (
    <div className={styles['rangeForm']}>
      <form
        className={styles['rangeTyped']}
        onSubmit={(event) => {
          event.preventDefault()
          const parsed = parseTypedRange(typed, zone, now)
          setWrong(parsed === undefined)
          if (parsed) choose(parsed)
        }}
      >
        <TextField
          label={t('workbench.range.typed')}
          showLabel
          mono
          autoFocus
          value={typed}
          onChange={setTyped}
          placeholder={t('workbench.range.placeholder')}
          error={wrong ? t('workbench.range.wrong') : undefined}
        />
        <Button type="submit" kind="primary">
          {t('workbench.range.apply')}
        </Button>
      </form>
      <div className={styles['presets']}>
        {PRESETS.map((length) => (
          <Button
            key={length}
            kind="quiet"
            pressed={range.text.from === `now-${length}` && range.text.to === 'now'}
            onClick={() => choose({ from: `now-${length}`, to: 'now' })}
          >
            {t('workbench.range.last', { length, n: Number.parseInt(length, 10), unit: length.at(-1) ?? '' })}
          </Button>
        ))}
        {all && (
          <Button kind="quiet" onClick={() => choose(all)}>
            {t('workbench.range.all')}
          </Button>
        )}
      </div>
      {recent.length > 0 && (
        <section className={styles['recent']} aria-label={t('workbench.range.recent')}>
          <span className={styles['dim']}>{t('workbench.range.recent')}</span>
          {recent.map((text) => (
            <Button
              key={`${text.from} ${text.to}`}
              kind="quiet"
              className={styles['choice'] ?? ''}
              onClick={() => choose(text)}
            >
              {recentLabel(text)}
            </Button>
          ))}
        </section>
      )}
      <div className={styles['rangeFoot']}>
        <Select
          label={t('workbench.range.zone')}
          showLabel
          value={zone}
          options={zones.map((z) => ({
            value: z,
            label: z === 'local' ? t('workbench.range.zoneLocal', { zone: own ?? resolveZone(z) }) : z,
          }))}
          onChange={(next) => {
            adoptPreferences({ zone: next })
            keep(next, alone)
          }}
        />
        {incident !== undefined && (
          <Checkbox
            label={t('settings.zoneOfIncident')}
            checked={alone}
            onChange={(only) => keep(only ? zone : (settings.data?.zone ?? zone), only)}
          />
        )}
        <Select
          label={t('workbench.range.live')}
          showLabel
          value={String(live)}
          options={LIVE.map((ms) => ({
            value: ms,
            label:
              ms === '0' ? t('workbench.range.paused') : t('workbench.range.every', { length: LIVE_TEXT[ms] ?? ms }),
          }))}
          onChange={(ms) => setLive(Number(ms))}
        />
      </div>
    </div>
  )
}

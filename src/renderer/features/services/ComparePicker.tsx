// What the numbers are compared with: said in words on its button, changed in the sheet under it.

import { useState } from 'react'
import { fromMillis, type TimeRange } from '../../../shared/base/time.ts'
import { type Translate, useT } from '../../i18n/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatTime } from '../../lib/zone.ts'
import { Button, Popover, TextField } from '../../ui/index.ts'
import { setParam, usePlace } from '../../workbench/index.ts'
import { parseTypedRange, rangeLabel } from '../../workbench/time-range.ts'
import { type CompareMode, type Comparison, modeOf } from './comparison.ts'
import { customWindow } from './use-comparison.ts'
import styles from './services.module.css'

const MODES: readonly CompareMode[] = ['auto', 'onset', 'same', 'hour']

const short = (range: TimeRange, zone: string): string =>
  `${formatTime(range.from, zone, 'min')} – ${formatTime(range.to, zone, 'min')}`

function ruleWords(t: Translate, c: Comparison, zone: string): string {
  return t('services.compared', {
    rule: c.rule,
    after: short(c.after, zone),
    before: short(c.before, zone),
    calmed: c.calmed ? 'yes' : 'no',
  })
}

export function ComparePicker({ comparison }: { comparison: Comparison | undefined }) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const param = usePlace().params['compare']
  const custom = customWindow(param)
  const mode = custom ? undefined : modeOf(param)
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState(false)
  const choose = (next: CompareMode): void => {
    setParam('compare', next === 'auto' ? undefined : next)
    setOpen(false)
  }
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setOpen(next)
        setWrong(false)
        if (next) setTyped(comparison ? rangeLabel(comparison.before, zone) : '')
      }}
      label={t('services.compareTitle')}
      trigger={
        <Button kind="quiet" icon="clock" className={styles['compare'] ?? ''}>
          <span className={styles['compareText']}>
            {comparison ? ruleWords(t, comparison, zone) : t('services.comparing')}
          </span>
        </Button>
      }
    >
      <div className={styles['compareSheet']}>
        <p className={styles['sheetTitle']}>{t('services.compareTitle')}</p>
        <div role="group" aria-label={t('services.compareTitle')} className={styles['compareModes']}>
          {MODES.map((m) => (
            <Button key={m} kind="quiet" pressed={mode === m} onClick={() => choose(m)}>
              {t('services.compareMode', { mode: m })}
            </Button>
          ))}
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const window = parseTypedRange(typed, zone, fromMillis(Date.now()))
            setWrong(window === undefined)
            if (!window) return
            setParam('compare', { from: window.from, to: window.to })
            setOpen(false)
          }}
        >
          <TextField
            label={t('services.compareOwn')}
            showLabel
            mono
            value={typed}
            onChange={setTyped}
            error={wrong ? t('services.compareWrong') : undefined}
          />
          <Button type="submit">{t('services.compareApply')}</Button>
        </form>
      </div>
    </Popover>
  )
}

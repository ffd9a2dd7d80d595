// The demo: one click, with another seed, size or fault for those who look behind "More"; then straight to its war room.

import { useEffect, useRef, useState } from 'react'
import type { MethodInput, MethodOutput } from '../../shared/contract/index.ts'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import { useJob } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import { Icon } from '../ui/Icon.tsx'
import { Popover } from '../ui/Popover.tsx'
import { Select } from '../ui/Select.tsx'
import { openTarget, type Target } from '../workbench/links.ts'
import { toast, toastError } from '../workbench/toasts.ts'
import styles from './App.module.css'

type Made = MethodOutput<'demo.create'>
type Fault = NonNullable<MethodInput<'demo.create'>['fault']>

const FAULTS = [
  'rollout',
  'node-pressure',
  'dns',
  'slow-database',
  'broken-consumer',
  'none',
] as const satisfies readonly Fault[]
const SCALES = ['0.1', '1', '3', '10'] as const

function targetOf({ incident, source, from, to }: Made): Target {
  const params = { range: { from, to }, sources: [source] }
  return incident === undefined
    ? { view: 'services', params, filters: [] }
    : { view: 'incidents', path: [incident], params, filters: [] }
}

export function DemoAction() {
  const t = useT()
  const demo = useJob('demo.create')
  const [seed, setSeed] = useState('1')
  const [scale, setScale] = useState<(typeof SCALES)[number]>('1')
  const [fault, setFault] = useState<Fault | 'seed'>('seed')
  const [more, setMore] = useState(false)
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  const seedWrong = !/^\d{1,10}$/.test(seed) || Number(seed) >= 2 ** 31
  const open = async (): Promise<void> => {
    setMore(false)
    try {
      const made = await demo.start({
        seed: Number(seed),
        scale: Number(scale),
        ...(fault === 'seed' ? {} : { fault }),
      })
      const target = targetOf(made)
      // whoever has gone elsewhere meanwhile is told, not moved
      if (here.current) openTarget(target)
      else
        toast(t('app.start.demoReady'), {
          action: { label: t('workbench.jobs.lookAt'), run: () => openTarget(target) },
        })
    } catch (error) {
      toastError(asWatchdeckError(error), t('app.start.demoFailed'))
    }
  }
  const percent = Math.round((demo.progress?.fraction ?? 0) * 100)
  return (
    <div className={styles['way']} data-tour="demo">
      <button type="button" className={styles['action']} disabled={demo.running} onClick={() => void open()}>
        <b>
          <Icon name="play" /> {t(demo.running ? 'app.start.demoRunning' : 'app.start.demo')}
        </b>
        <span>{demo.running ? t('app.start.demoPercent', { percent }) : t('app.start.demoText')}</span>
        {demo.running && (
          <div
            className={styles['bar']}
            role="progressbar"
            aria-label={t('app.start.demoRunning')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <i style={{ width: `${percent}%` }} />
          </div>
        )}
      </button>
      {demo.running ? (
        <Button kind="quiet" className={styles['more'] ?? ''} onClick={demo.cancel}>
          {t('ui.cancel')}
        </Button>
      ) : (
        <Popover
          open={more}
          onOpenChange={setMore}
          label={t('app.start.demoMore')}
          trigger={
            <Button kind="quiet" icon="chevronDown" className={styles['more'] ?? ''}>
              {t('app.start.more')}
            </Button>
          }
        >
          <form
            className={styles['demoForm']}
            onSubmit={(event) => {
              event.preventDefault()
              if (!seedWrong) void open()
            }}
          >
            <TextField
              label={t('app.start.seed')}
              showLabel
              mono
              inputMode="numeric"
              value={seed}
              onChange={setSeed}
              help={t('app.start.seedHelp')}
              error={seedWrong ? t('app.start.seedWrong') : undefined}
            />
            <Select
              label={t('app.start.scale')}
              showLabel
              value={scale}
              options={SCALES.map((value) => ({ value, label: t(`app.start.scale.${value}`) }))}
              onChange={setScale}
            />
            <Select<Fault | 'seed'>
              label={t('app.start.fault')}
              showLabel
              value={fault}
              options={[
                { value: 'seed', label: t('app.start.fault.seed') },
                ...FAULTS.map((value) => ({ value, label: t(`app.start.fault.${value}`) })),
              ]}
              onChange={setFault}
            />
            <Button type="submit" kind="primary" disabled={seedWrong}>
              {t('app.start.demo')}
            </Button>
          </form>
        </Popover>
      )}
    </div>
  )
}

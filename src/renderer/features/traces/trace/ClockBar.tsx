// As recorded or with the hosts' clocks brought together, and by how much each clock is off. Only where there is
// something to choose.

import { useT } from '../../../i18n/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { NameTag, Popover, Button, Select } from '../../../ui/index.ts'
import type { Header } from './header.ts'
import { TIMES, type Times, type TraceChange } from './state.ts'
import styles from './trace.module.css'

type Clock = Header['clocks'][number]
/** More than these are told on demand. */
const SHOWN = 3

export function ClockBar({ header, change }: { header: Header; change: TraceChange }) {
  const t = useT()
  const { clocks } = header
  if (clocks.length === 0 && header.times === 'raw') return null
  const largest = [...clocks].sort((a, b) => Math.abs(Number(b.shiftNs)) - Math.abs(Number(a.shiftNs)))
  return (
    <div className={styles['bar']} role="group" aria-label={t('traces.times')}>
      <Select<Times>
        label={t('traces.times')}
        showLabel
        value={header.times}
        options={TIMES.map((times) => ({ value: times, label: t(`traces.times.${times}`) }))}
        onChange={(times) => change({ times }, { replace: true })}
      />
      {clocks.length === 0 && <span className={styles['quiet']}>{t('traces.clocksAgree')}</span>}
      {largest.slice(0, SHOWN).map((clock) => (
        <ClockWords key={clock.host + clock.services.join()} clock={clock} />
      ))}
      {largest.length > SHOWN && (
        <Popover
          label={t('traces.clocks')}
          trigger={<Button kind="quiet">{t('traces.moreClocks', { count: largest.length - SHOWN })}</Button>}
        >
          <ul className={styles['clockList']}>
            {largest.slice(SHOWN).map((clock) => (
              <li key={clock.host + clock.services.join()}>
                <ClockWords clock={clock} />
              </li>
            ))}
          </ul>
        </Popover>
      )}
    </div>
  )
}

function ClockWords({ clock }: { clock: Clock }) {
  const t = useT()
  const signed = (ns: number | string): string =>
    `${Number(ns) < 0 ? '−' : '+'}${formatDurationNs(Math.abs(Number(ns)))}`
  const amount =
    clock.leastNs === clock.mostNs ? signed(clock.shiftNs) : `${signed(clock.leastNs)} … ${signed(clock.mostNs)}`
  const error = clock.errorNs === null ? '' : ` ± ${formatDurationNs(Number(clock.errorNs))}`
  const help =
    clock.leastNs !== clock.mostNs
      ? t('traces.clockDiffers', { calls: clock.calls })
      : clock.errorNs === null
        ? t('traces.clockUnbounded', { calls: clock.calls })
        : t('traces.clockBounded', { calls: clock.calls })
  return (
    <span className={styles['clock']} title={help}>
      {clock.services.slice(0, 2).map((service) => (
        <NameTag key={service} name={service} />
      ))}
      {clock.services.length > 2 && <span className={styles['quiet']}>+{clock.services.length - 2}</span>}
      {clock.host !== '' && <code>{clock.host}</code>}
      <b>
        {amount}
        {error}
      </b>
    </span>
  )
}

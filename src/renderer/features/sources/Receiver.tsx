// The OTLP receiver: on or off, where programs send to, what has come, and the lines that point them here.

import { useEffect, useState } from 'react'
import type { ReceiverStatus } from '../../../shared/contract/receiver.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, Drawer, ErrorState, IconButton, Skeleton, StatusShape, TextField } from '../../ui/index.ts'
import { copyText, linkTo, toastError } from '../../workbench/index.ts'
import styles from './Sources.module.css'

const REFRESH_MS = 2000
export const RECEIVER = 'otlp'

const TONES = { off: 'neutral', on: 'ok', failed: 'critical' } as const

/** The receiver as a row above the live sources. */
export function ReceiverRow({ chosen }: { chosen: boolean }) {
  const t = useT()
  const status = useMethod('receiver.status', {})
  const told = status.data
  return (
    <div className={styles['receiver']}>
      <a
        className={styles['row']}
        href={linkTo('sources', {}, { path: [RECEIVER] })}
        aria-current={chosen ? 'true' : undefined}
      >
        <StatusShape tone={TONES[told?.state ?? 'off']} label={t(`sources.receiver.${told?.state ?? 'off'}`)} />
        <strong>{t('sources.receiver')}</strong>
        <span className={styles['mono']}>{told?.state === 'on' ? told.endpoint : ''}</span>
        <span className={styles['dim']}>{t(`sources.receiver.${told?.state ?? 'off'}`)}</span>
      </a>
    </div>
  )
}

export function ReceiverDetail({ onClose }: { onClose: () => void }) {
  const t = useT()
  const status = useMethod('receiver.status', {})
  const { refetch, data } = status
  const isOn = data?.state === 'on'
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => void refetch(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [isOn, refetch])
  return (
    <Drawer title={t('sources.receiver')} label={t('sources.receiver')} onClose={onClose}>
      {status.error && !data ? (
        <ErrorState error={status.error} onRetry={refetch} />
      ) : data ? (
        <div className={styles['form']}>
          <p>{t('sources.receiver.text')}</p>
          <Switch key={`${data.state} ${data.port} ${data.keepDays} ${data.maxGb}`} status={data} onDone={refetch} />
          {data.error !== undefined && <p className={styles['warn']}>{say(data.error)}</p>}
          {isOn && <Counters status={data} />}
          {isOn && <Lines endpoint={data.endpoint} />}
        </div>
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  )
}

function Switch({ status, onDone }: { status: ReceiverStatus; onDone: () => void }) {
  const t = useT()
  const start = useCommand('receiver.start')
  const stop = useCommand('receiver.stop')
  const [port, setPort] = useState(String(status.port))
  const [keepDays, setKeepDays] = useState(String(status.keepDays))
  const [maxGb, setMaxGb] = useState(String(status.maxGb))
  const wrong = {
    port: isWithin(port, 1024, 65_535, true) ? undefined : t('sources.receiver.portWrong'),
    keepDays: isWithin(keepDays, 1, 365, true) ? undefined : t('sources.receiver.daysWrong'),
    maxGb: isWithin(maxGb, 0.1, 1000, false) ? undefined : t('sources.receiver.gbWrong'),
  }
  const isWrong = Object.values(wrong).some((problem) => problem !== undefined)
  const same = Number(port) === status.port && Number(keepDays) === status.keepDays && Number(maxGb) === status.maxGb
  const isOn = status.state === 'on'
  const run = (done: Promise<unknown>): void =>
    void done
      .catch((error: unknown) => toastError(asWatchdeckError(error), t('sources.receiver.startFailed')))
      .finally(onDone)
  const begin = (): void => run(start.run({ port: Number(port), keepDays: Number(keepDays), maxGb: Number(maxGb) }))
  return (
    <form
      aria-label={t('sources.receiver')}
      className={styles['more']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isWrong && !(isOn && same)) begin()
      }}
    >
      <TextField
        label={t('sources.receiver.port')}
        showLabel
        inputMode="numeric"
        value={port}
        error={wrong.port}
        onChange={setPort}
      />
      <TextField
        label={t('sources.receiver.keepDays')}
        showLabel
        inputMode="numeric"
        value={keepDays}
        error={wrong.keepDays}
        help={t('sources.receiver.keepDaysHelp')}
        onChange={setKeepDays}
      />
      <TextField
        label={t('sources.receiver.maxGb')}
        showLabel
        inputMode="decimal"
        value={maxGb}
        error={wrong.maxGb}
        help={t('sources.receiver.maxGbHelp')}
        onChange={setMaxGb}
      />
      <div className={styles['buttons']}>
        {isOn ? (
          <>
            <Button onClick={() => run(stop.run({}))} disabled={stop.running}>
              {t('sources.receiver.stop')}
            </Button>
            {!same && (
              <Button kind="primary" type="submit" disabled={isWrong || start.running}>
                {t('sources.receiver.change')}
              </Button>
            )}
          </>
        ) : (
          <Button kind="primary" type="submit" disabled={isWrong || start.running}>
            {t('sources.receiver.start')}
          </Button>
        )}
      </div>
    </form>
  )
}

function Counters({ status }: { status: ReceiverStatus }) {
  const t = useT()
  const facts: Array<[string, string]> = [
    [t('sources.receiver.requests'), formatCount(status.requests)],
    [t('sources.receiver.spans'), formatCount(status.spans)],
    [t('sources.receiver.logs'), formatCount(status.logs)],
    [t('sources.receiver.samples'), formatCount(status.samples)],
    [t('sources.receiver.rejected'), formatCount(status.rejected)],
    [t('sources.receiver.refused'), formatCount(status.refused)],
    [t('sources.receiver.delayed'), formatCount(status.delayed)],
    [t('sources.receiver.bytes'), formatBytes(status.bytes)],
    [t('sources.receiver.stored'), formatBytes(status.storedBytes)],
  ]
  return (
    <section aria-label={t('sources.receiver.came')}>
      <h3>{t('sources.receiver.came')}</h3>
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name} className={styles['fact']}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {status.problem !== undefined && (
        <p className={styles['hint']}>{t('sources.receiver.problem', { problem: say(status.problem) })}</p>
      )}
      {status.source !== undefined && (
        <p>
          <a href={linkTo('import', {}, { path: [status.source] })}>{t('sources.receiver.source')}</a>
        </p>
      )}
    </section>
  )
}

function Lines({ endpoint }: { endpoint: string }) {
  const t = useT()
  const lines: Array<[string, string]> = [
    ['SDK', `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`],
    ['Collector', `exporters: { otlphttp/watchdeck: { endpoint: "${endpoint}" } }`],
    ['otel-cli', `otel-cli exec --endpoint ${endpoint} --protocol http/protobuf --name build -- make`],
  ]
  return (
    <section aria-label={t('sources.receiver.how')}>
      <h3>{t('sources.receiver.how')}</h3>
      <ul className={styles['importList']}>
        {lines.map(([what, line]) => (
          <li key={what} className={styles['pointer']}>
            <strong>{what}</strong>
            <code className={styles['mono']}>{line}</code>
            <IconButton icon="copy" label={t('sources.receiver.copy', { what })} onClick={() => void copyText(line)} />
          </li>
        ))}
      </ul>
      <p className={styles['hint']}>{t('sources.receiver.onlyHere')}</p>
    </section>
  )
}

function isWithin(text: string, low: number, high: number, isWhole: boolean): boolean {
  const value = Number(text)
  return text.trim() !== '' && value >= low && value <= high && (!isWhole || Number.isInteger(value))
}

// The OTLP receiver: on or off, where programs send to, what has come, and the lines that point them here.

import { useEffect, useState } from 'react'
import { RECEIVER_GRPC_PORT, type ReceiverStatus } from '../../../shared/contract/receiver.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, Checkbox, Drawer, ErrorState, IconButton, Skeleton, StatusShape, TextField } from '../../ui/index.ts'
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
        <span className={styles['mono']}>{told?.state === 'on' ? endpointsOf(told) : ''}</span>
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
          <Switch
            key={`${data.state} ${data.port} ${data.grpcPort} ${data.keepDays} ${data.maxGb}`}
            status={data}
            onDone={refetch}
          />
          {data.error !== undefined && <p className={styles['warn']}>{say(data.error)}</p>}
          {isOn && <Counters status={data} />}
          {isOn && <Lines status={data} />}
        </div>
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  )
}

const endpointsOf = ({ endpoint, grpcPort }: ReceiverStatus): string =>
  grpcPort === null ? endpoint : `${endpoint}, gRPC ${grpcPort}`

function Switch({ status, onDone }: { status: ReceiverStatus; onDone: () => void }) {
  const t = useT()
  const start = useCommand('receiver.start')
  const stop = useCommand('receiver.stop')
  const [port, setPort] = useState(String(status.port))
  const [isGrpc, setIsGrpc] = useState(status.grpcPort !== null)
  const [grpcText, setGrpcText] = useState(String(status.grpcPort ?? RECEIVER_GRPC_PORT))
  const [keepDays, setKeepDays] = useState(String(status.keepDays))
  const [maxGb, setMaxGb] = useState(String(status.maxGb))
  const wrong = {
    port: isWithin(port, 1024, 65_535, true) ? undefined : t('sources.receiver.portWrong'),
    grpcPort: !isGrpc
      ? undefined
      : !isWithin(grpcText, 1024, 65_535, true)
        ? t('sources.receiver.portWrong')
        : Number(grpcText) === Number(port)
          ? t('sources.receiver.portSame')
          : undefined,
    keepDays: isWithin(keepDays, 1, 365, true) ? undefined : t('sources.receiver.daysWrong'),
    maxGb: isWithin(maxGb, 0.1, 1000, false) ? undefined : t('sources.receiver.gbWrong'),
  }
  const isWrong = Object.values(wrong).some((problem) => problem !== undefined)
  const grpcPort = isGrpc ? Number(grpcText) : null
  const same =
    Number(port) === status.port &&
    grpcPort === status.grpcPort &&
    Number(keepDays) === status.keepDays &&
    Number(maxGb) === status.maxGb
  const isOn = status.state === 'on'
  const run = (done: Promise<unknown>): void =>
    void done
      .catch((error: unknown) => toastError(asWatchdeckError(error), t('sources.receiver.startFailed')))
      .finally(onDone)
  const begin = (): void =>
    run(start.run({ port: Number(port), grpcPort, keepDays: Number(keepDays), maxGb: Number(maxGb) }))
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
      <Checkbox label={t('sources.receiver.grpc')} checked={isGrpc} onChange={setIsGrpc} />
      {isGrpc && (
        <TextField
          label={t('sources.receiver.grpcPort')}
          showLabel
          inputMode="numeric"
          value={grpcText}
          error={wrong.grpcPort}
          onChange={setGrpcText}
        />
      )}
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
    [t('sources.receiver.again'), formatCount(status.again)],
    [t('sources.receiver.rejected'), formatCount(status.rejected)],
    [t('sources.receiver.refused'), formatCount(status.refused)],
    [t('sources.receiver.delayed'), formatCount(status.delayed)],
    [t('sources.receiver.waiting'), formatBytes(status.waitingBytes)],
    [t('sources.receiver.bytes'), formatBytes(status.bytes)],
    [
      t('sources.receiver.stored'),
      t('sources.receiver.storedOf', { bytes: formatBytes(status.storedBytes), most: `${status.maxGb} GB` }),
    ],
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

function Lines({ status }: { status: ReceiverStatus }) {
  const t = useT()
  const { endpoint, grpcEndpoint } = status
  const lines: Array<[string, string]> = [
    ['SDK', `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`],
    ['Collector', `exporters: { otlphttp/watchdeck: { endpoint: "${endpoint}" } }`],
    ['otel-cli', `otel-cli exec --endpoint ${endpoint} --protocol http/protobuf --name build -- make`],
  ]
  if (grpcEndpoint !== undefined) {
    const address = grpcEndpoint.replace('http://', '')
    lines.push(
      [`SDK, gRPC`, `OTEL_EXPORTER_OTLP_ENDPOINT=${grpcEndpoint} OTEL_EXPORTER_OTLP_PROTOCOL=grpc`],
      ['Collector, gRPC', `exporters: { otlp/watchdeck: { endpoint: "${address}", tls: { insecure: true } } }`],
      ['otel-cli, gRPC', `otel-cli exec --endpoint ${address} --protocol grpc --insecure --name build -- make`],
    )
  }
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
      <p className={styles['hint']}>
        {t('sources.receiver.limits', { size: formatBytes(status.maxRequestBytes) })} {t('sources.receiver.onlyHere')}
      </p>
    </section>
  )
}

function isWithin(text: string, low: number, high: number, isWhole: boolean): boolean {
  const value = Number(text)
  return text.trim() !== '' && value >= low && value <= high && (!isWhole || Number.isInteger(value))
}

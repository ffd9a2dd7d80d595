// Everything about one span: times, status, what it carries as a tree that can be filtered on, and ways on from here.

import { useState } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { type MessageKey, useT } from '../../../i18n/index.ts'
import { cellOf, jsonOf, numberOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import {
  Badge,
  Drawer,
  ErrorState,
  IconButton,
  JsonTree,
  Menu,
  NameTag,
  Num,
  Skeleton,
  StatusShape,
  Tabs,
  Time,
} from '../../../ui/index.ts'
import { copyText, linkTo, openTarget, Panel, pin, type ValueMenu } from '../../../workbench/index.ts'
import { type Header, questionOf, startOf } from './header.ts'
import { spanAsJson } from './span-json.ts'
import styles from './trace.module.css'

/** Around a span, for its logs and metrics: what led to it and what followed. */
const AROUND = 30_000_000_000n

const PARTS = [
  { name: 'attributes', title: 'traces.attributes' },
  { name: 'resource', title: 'traces.resource' },
  { name: 'events', title: 'traces.events' },
] as const satisfies ReadonlyArray<{ name: string; title: MessageKey }>

export interface SpanDetailProps {
  readonly header: Header
  readonly spanId: string
  readonly sources: string[] | undefined
  readonly values: ValueMenu
  readonly onClose: () => void
  readonly onSpan: (spanId: string) => void
}

export function SpanDetail({ header, spanId, sources, values, onClose, onSpan }: SpanDetailProps) {
  const t = useT()
  const [tab, setTab] = useState<'all' | 'logs'>('all')
  const input: MethodInput<'traces.span'> = { ...questionOf(header, sources), spanId }
  const span = useMethod('traces.span', input)
  const frame = span.data?.table
  if (span.error)
    return (
      <Drawer title={t('traces.span')} label={t('traces.span')} onClose={onClose}>
        <ErrorState error={span.error} onRetry={span.refetch} />
      </Drawer>
    )
  if (!frame || frame.rowCount === 0)
    return (
      <Drawer title={t('traces.span')} label={t('traces.span')} onClose={onClose}>
        <Skeleton lines={14} />
      </Drawer>
    )
  const text = (name: string): string => textOf(frame, name, 0)
  const service = text('service')
  const operation = text('operation')
  const start = (cellOf(frame, 'start', 0) ?? 0n) as bigint
  const duration = numberOf(frame, 'durationNs', 0)
  const end = start + BigInt(Math.round(duration))
  const around = { from: String(start - AROUND), to: String(end + AROUND) }
  const resource = jsonOf(frame, 'resource', 0)
  const pod = podOf(resource)
  const links = jsonOf(frame, 'links', 0)
  const status = text('status')
  const question = { method: 'traces.span' as const, input, rows: 1, completeness: span.data?.completeness }
  const ask = (field: string | undefined, value: string, at: { x: number; y: number }): void =>
    values.open({ at, field, value, question, title: `${service} ${operation}` })

  const pivots = [
    {
      id: 'spanLogs',
      icon: 'logs' as const,
      label: t('traces.pivot.spanLogs'),
      run: () => openTarget({ view: 'logs', params: { query: `span:${spanId}`, range: around } }),
    },
    {
      id: 'traceLogs',
      icon: 'logs' as const,
      label: t('traces.pivot.traceLogs'),
      run: () =>
        openTarget({
          view: 'logs',
          params: { query: `trace:${header.traceId}`, range: traceAround(header) },
          filters: [],
        }),
    },
    {
      id: 'serviceLogs',
      icon: 'logs' as const,
      label: t('traces.pivot.serviceLogs', { service }),
      run: () =>
        openTarget({
          view: 'logs',
          params: { range: around },
          filters: [{ field: 'service', value: service, exclude: false }],
        }),
    },
  ]
  const metricPivots = [
    {
      id: 'serviceMetrics',
      icon: 'metrics' as const,
      label: t('traces.pivot.serviceMetrics', { service }),
      run: () =>
        openTarget({
          view: 'metrics',
          params: { range: around },
          filters: [{ field: 'service', value: service, exclude: false }],
        }),
    },
    ...(pod === undefined
      ? []
      : [
          {
            id: 'podMetrics',
            icon: 'metrics' as const,
            label: t('traces.pivot.podMetrics', { pod }),
            run: () =>
              openTarget({
                view: 'metrics',
                params: { query: `{pod=${JSON.stringify(pod)}}`, range: around },
                filters: [],
              }),
          },
        ]),
    {
      id: 'sameOperation',
      icon: 'traces' as const,
      label: t('traces.pivot.sameOperation'),
      run: () => openTarget({ view: 'traces', params: { service, operation } }),
    },
  ]

  return (
    <Drawer
      className={styles['detail'] ?? ''}
      title={
        <span className={styles['detailTitle']}>
          <NameTag name={service} className={styles['detailService'] ?? ''} />
          <span className={styles['operation']}>{operation}</span>
        </span>
      }
      label={`${service} ${operation}`}
      onClose={onClose}
      actions={
        <>
          <Menu
            align="end"
            trigger={<IconButton icon="arrowRight" label={t('traces.pivots')} />}
            groups={[{ items: pivots }, { items: metricPivots }]}
          />
          <IconButton icon="copy" label={t('traces.copySpan')} onClick={() => void copyText(spanAsJson(frame))} />
          <IconButton
            icon="pin"
            label={t('workbench.value.pin')}
            onClick={() => void pin({ method: 'traces.span', input, title: `${service} ${operation}`, at: rfc(start) })}
          />
        </>
      }
    >
      <Tabs
        label={t('traces.span')}
        value={tab}
        onChange={setTab}
        className={styles['fill'] ?? ''}
        tabs={[
          {
            id: 'all',
            label: t('traces.details'),
            content: (
              <div
                className={styles['detailBody']}
                aria-busy={span.stale}
                tabIndex={0}
                role="region"
                aria-label={t('traces.details')}
              >
                <div className={styles['badges']}>
                  {status === 'error' ? (
                    <Badge tone="critical">{t('traces.error')}</Badge>
                  ) : (
                    <Badge tone={status === 'ok' ? 'ok' : 'neutral'}>
                      {t(status === 'ok' ? 'traces.ok' : 'traces.unset')}
                    </Badge>
                  )}
                  {cellOf(frame, 'critical', 0) === true && <Badge tone="note">{t('traces.onCritical')}</Badge>}
                </div>
                {(['orphan', 'skewed'] as const).map(
                  (odd) =>
                    cellOf(frame, odd, 0) === true && (
                      <p key={odd} className={styles['odd']}>
                        <StatusShape tone="warning" /> {t(odd === 'orphan' ? 'traces.orphanHelp' : 'traces.skewHelp')}
                      </p>
                    ),
                )}
                {text('statusMessage') !== '' && <p className={styles['message']}>{text('statusMessage')}</p>}
                <dl className={styles['facts']}>
                  <dt>{t('traces.duration')}</dt>
                  <dd>
                    <Num value={duration} unit="ns" />{' '}
                    <span className={styles['quiet']}>
                      {t('traces.ofTrace', { share: percent(duration / Math.max(1, Number(header.durationNs))) })}
                    </span>
                  </dd>
                  <dt>{t('traces.self')}</dt>
                  <dd>
                    <Num value={numberOf(frame, 'selfNs', 0)} unit="ns" />
                  </dd>
                  <dt>{t('traces.start')}</dt>
                  <dd>
                    <Time ns={start} precision="us" />{' '}
                    <span className={styles['quiet']}>
                      + <Num value={Number(start - startOf(header))} unit="ns" />
                    </span>
                  </dd>
                  <dt>{t('traces.kind')}</dt>
                  <dd>
                    <Value field="kind" value={text('kind')} onAsk={ask} filterable={false} />
                  </dd>
                  <dt>{t('traces.spanId')}</dt>
                  <dd>
                    <Value field="spanId" value={spanId} onAsk={ask} filterable={false} />
                  </dd>
                  {text('parentId') !== '' && (
                    <>
                      <dt>{t('traces.parent')}</dt>
                      <dd>
                        <button type="button" className={styles['value']} onClick={() => onSpan(text('parentId'))}>
                          {text('parentId')}
                        </button>
                      </dd>
                    </>
                  )}
                </dl>
                {PARTS.map((part) => {
                  const value = jsonOf(frame, part.name, 0)
                  const count = sizeOf(value)
                  if (count === 0) return null
                  return (
                    <section key={part.name} className={styles['part']}>
                      <h3>
                        {t(part.title)} <span className={styles['quiet']}>{count}</span>
                      </h3>
                      <JsonTree
                        value={value}
                        root={false}
                        open={part.name === 'events' ? 3 : 1}
                        onValue={(path, leaf, at) =>
                          ask(part.name === 'events' ? undefined : path.join('.'), String(leaf ?? ''), at)
                        }
                      />
                    </section>
                  )
                })}
                {Array.isArray(links) && links.length > 0 && (
                  <section className={styles['part']}>
                    <h3>
                      {t('traces.links')} <span className={styles['quiet']}>{links.length}</span>
                    </h3>
                    <SpanLinks links={links} />
                  </section>
                )}
              </div>
            ),
          },
          {
            id: 'logs',
            label: t('traces.itsLogs'),
            content: (
              <Panel
                name="logs.list"
                range={around}
                query={`trace:${header.traceId}`}
                {...(sources ? { sources } : {})}
                compact
              />
            ),
          },
        ]}
      />
    </Drawer>
  )
}

function Value({
  field,
  value,
  onAsk,
  filterable = true,
}: {
  field: string
  value: string
  onAsk: (field: string | undefined, value: string, at: { x: number; y: number }) => void
  filterable?: boolean
}) {
  return (
    <button
      type="button"
      className={styles['value']}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect()
        onAsk(filterable ? field : undefined, value, { x: box.left, y: box.bottom })
      }}
    >
      {value}
    </button>
  )
}

function SpanLinks({ links }: { links: readonly unknown[] }) {
  const t = useT()
  return (
    <ul className={styles['links']}>
      {links.map((link, i) => {
        const { traceId, spanId } = linkOf(link)
        if (traceId === undefined) return null
        return (
          <li key={`${i}${spanId}`}>
            <a href={linkTo('traces', spanId === undefined ? {} : { span: spanId }, { path: [traceId] })}>
              {t('traces.openLinked')} <code>{traceId.slice(0, 16)}…</code>
            </a>
          </li>
        )
      })}
    </ul>
  )
}

function linkOf(link: unknown): { traceId?: string; spanId?: string } {
  if (typeof link !== 'object' || link === null || !('traceId' in link) || typeof link.traceId !== 'string') return {}
  return {
    traceId: link.traceId,
    ...('spanId' in link && typeof link.spanId === 'string' ? { spanId: link.spanId } : {}),
  }
}

function podOf(resource: unknown): string | undefined {
  if (typeof resource !== 'object' || resource === null) return undefined
  const value: unknown = Reflect.get(resource, 'k8s.pod.name')
  return typeof value === 'string' && value !== '' ? value : undefined
}

const sizeOf = (value: unknown): number => (typeof value === 'object' && value !== null ? Object.keys(value).length : 0)
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
const rfc = (ns: bigint): string => String(ns)
const traceAround = (header: Header): { from: string; to: string } => ({
  from: String(startOf(header) - AROUND),
  to: String(startOf(header) + BigInt(header.durationNs) + AROUND),
})

// One line in full: its text, JSON in it, attributes and resource, what stands around it, and the ways onward.

import { useMemo, useState } from 'react'
import { jsonInBody } from './line-json.ts'
import type { EpochNs } from '../../../shared/base/time.ts'
import { asEpochNs, formatRfc3339, NS_PER_S } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, jsonOf, textOf } from '../../lib/engine/index.ts'
import { toneOfLevel } from '../../theme/palette.ts'
import {
  Button,
  Drawer,
  IconButton,
  JsonTree,
  type MenuItem,
  NameTag,
  StatusShape,
  Tabs,
  Time,
} from '../../ui/index.ts'
import { addFilter, copyText, linkTo, openTarget, pin, type ValueMenu } from '../../workbench/index.ts'
import { Around } from './Around.tsx'
import type { Highlighter } from './body-text.ts'
import { lineAsJson, lineAsText } from './line-json.ts'
import { LineText } from './LineText.tsx'
import type { LineAt } from './line-window.ts'
import styles from './logs.module.css'

const BODY_LIMIT = 50_000
/** How far around a line its service's metrics are shown. */
const AROUND_NS = 15n * 60n * NS_PER_S

export type DetailTab = 'line' | 'around'

export interface LineDetailProps {
  readonly line: LineAt
  readonly highlight: Highlighter
  readonly sources: string[] | undefined
  readonly values: ValueMenu
  readonly tab: DetailTab
  readonly onTab: (tab: DetailTab) => void
  readonly onColumn: ((field: string) => void) | undefined
  readonly onChoose: (id: string) => void
  readonly onClose: () => void
}

export function LineDetail(props: LineDetailProps) {
  const { line, highlight, values, tab } = props
  const { frame, row } = line
  const t = useT()
  const [all, setAll] = useState(false)
  const id = textOf(frame, 'id', row)
  const level = textOf(frame, 'level', row)
  const service = textOf(frame, 'service', row)
  const traceId = textOf(frame, 'traceId', row)
  const spanId = textOf(frame, 'spanId', row)
  const body = textOf(frame, 'body', row)
  const time = cellOf(frame, 'time', row) as EpochNs
  const attributes = jsonOf(frame, 'attributes', row)
  const resource = jsonOf(frame, 'resource', row)
  const json = useMemo(() => jsonInBody(body), [body])
  const pod = stringIn(resource, 'k8s.pod.name')
  const metricsRange = {
    from: formatRfc3339(asEpochNs(time - AROUND_NS)),
    to: formatRfc3339(asEpochNs(time + AROUND_NS)),
  }
  const question = { method: 'logs.context' as const, input: { id, before: 0, after: 0 } }
  const onValue =
    (fields: boolean) =>
    (path: readonly string[], value: string | number | boolean | null, at: { x: number; y: number }): void => {
      const field = fields && path.length === 1 ? path[0] : undefined
      const more: MenuItem[] =
        field === undefined
          ? []
          : [
              {
                id: 'exists',
                icon: 'filter',
                label: t('logs.line.exists', { field }),
                run: () => addFilter({ field, value: '*', exclude: false }),
              },
              ...(props.onColumn
                ? [
                    {
                      id: 'column',
                      icon: 'columns' as const,
                      label: t('logs.column.toggle', { field }),
                      run: () => props.onColumn?.(field),
                    },
                  ]
                : []),
            ]
      values.open({ at, field, value: String(value), question, title: firstLine(body), more, row: lineAsJson(line) })
    }
  return (
    <Drawer
      label={t('logs.line')}
      title={
        <>
          <Time ns={time} precision="ms" day /> <NameTag name={service} />
        </>
      }
      onClose={props.onClose}
      actions={
        <>
          <IconButton
            icon="pin"
            label={t('workbench.value.pin')}
            onClick={() => void pin({ ...question, title: firstLine(body), at: formatRfc3339(time) })}
          />
          <IconButton icon="copy" label={t('logs.line.copy')} onClick={() => void copyText(lineAsText(line))} />
          <IconButton icon="file" label={t('logs.line.copyJson')} onClick={() => void copyText(lineAsJson(line))} />
        </>
      }
    >
      <Tabs
        label={t('logs.line')}
        className={styles['detail'] ?? ''}
        value={tab}
        onChange={props.onTab}
        tabs={[
          {
            id: 'line',
            label: t('logs.line'),
            content: (
              <>
                <div className={styles['section']}>
                  <div className={styles['facts']}>
                    <span className={styles['level']}>
                      <StatusShape tone={toneOfLevel(level)} />
                      {level}
                    </span>
                    {traceId === '' && <span className={styles['hint']}>{t('logs.line.noTrace')}</span>}
                  </div>
                  <pre className={styles['fullBody']}>
                    <LineText
                      text={body}
                      highlight={highlight}
                      oneLine={false}
                      limit={all ? Number.POSITIVE_INFINITY : BODY_LIMIT}
                    />
                  </pre>
                  {body.length > BODY_LIMIT && !all && (
                    <Button kind="quiet" onClick={() => setAll(true)}>
                      {t('logs.line.showAll')}
                    </Button>
                  )}
                  <div className={styles['links']}>
                    {traceId !== '' && (
                      <Button
                        icon="traces"
                        onClick={() =>
                          openTarget({
                            view: 'traces',
                            path: [traceId],
                            params: spanId === '' ? {} : { span: spanId },
                          })
                        }
                        data-href={linkTo('traces', {}, { path: [traceId] })}
                      >
                        {t('logs.line.trace')}
                      </Button>
                    )}
                    {traceId !== '' && (
                      <Button
                        icon="logs"
                        onClick={() => openTarget({ view: 'logs', params: { query: `trace:${traceId}` }, filters: [] })}
                      >
                        {t('logs.line.sameTrace')}
                      </Button>
                    )}
                    {service !== '' && (
                      <Button
                        icon="metrics"
                        onClick={() =>
                          openTarget({ view: 'metrics', params: { service, range: metricsRange }, filters: [] })
                        }
                      >
                        {t('logs.line.serviceMetrics')}
                      </Button>
                    )}
                    {pod !== undefined && (
                      <Button
                        icon="clusters"
                        onClick={() =>
                          openTarget({ view: 'metrics', params: { service, pod, range: metricsRange }, filters: [] })
                        }
                      >
                        {t('logs.line.podMetrics')}
                      </Button>
                    )}
                  </div>
                </div>
                {json !== undefined && (
                  <div className={styles['section']}>
                    <h2>{t('logs.line.json')}</h2>
                    <JsonTree value={json} open={3} onValue={onValue(false)} />
                  </div>
                )}
                {hasKeys(attributes) && (
                  <div className={styles['section']}>
                    <h2>{t('logs.line.attributes')}</h2>
                    <JsonTree value={attributes} root={false} onValue={onValue(true)} />
                  </div>
                )}
                {hasKeys(resource) && (
                  <div className={styles['section']}>
                    <h2>{t('logs.line.resource')}</h2>
                    <JsonTree value={resource} root={false} onValue={onValue(true)} />
                  </div>
                )}
              </>
            ),
          },
          {
            id: 'around',
            label: t('logs.around'),
            content: <Around key={id} id={id} service={service} highlight={highlight} onChoose={props.onChoose} />,
          },
        ]}
      />
    </Drawer>
  )
}

const hasKeys = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

function stringIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  const found = (value as Record<string, unknown>)[key]
  return typeof found === 'string' ? found : undefined
}

export const firstLine = (body: string): string => {
  const line = body.split('\n', 1)[0] ?? ''
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

// One span of the waterfall as a row: its place in the tree, service, operation, marks; its times in words for those who
// do not see the bars.

import { memo } from 'react'
import { useT } from '../../../i18n/index.ts'
import { cx } from '../../../lib/cx.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import { categoryVar } from '../../../theme/palette.ts'
import { Icon, StatusShape } from '../../../ui/index.ts'
import type { Line } from './lines.ts'
import styles from './trace.module.css'

/** Deeper than this the indent stops and the depth is written instead. */
const DEEPEST = 24
const INDENT = 12

export interface NameRowProps {
  readonly line: Line
  readonly top: number
  readonly height: number
  readonly selected: boolean
  readonly dimmed: boolean
}

export const NameRow = memo(function NameRow(props: NameRowProps) {
  const { line, top, height, selected, dimmed } = props
  const t = useT()
  const failed = line.status === 'error'
  return (
    <div
      id={`span-${line.spanId}`}
      data-row={line.row}
      role="row"
      aria-level={line.depth + 1}
      aria-expanded={line.children > 0 ? !line.collapsed : undefined}
      aria-selected={selected}
      aria-rowindex={line.row + 2}
      className={cx(styles['name'], selected && styles['selected'], dimmed && styles['dimmed'])}
      style={{ top, height }}
    >
      <div
        role="gridcell"
        className={styles['nameCell']}
        style={{ paddingLeft: Math.min(line.depth, DEEPEST) * INDENT }}
      >
        <span className={styles['fold']} aria-hidden="true" data-fold="">
          {line.children > 0 && <Icon name={line.collapsed ? 'chevronRight' : 'chevronDown'} size={12} />}
        </span>
        <span className={styles['swatch']} style={{ background: categoryVar(line.service) }} />
        {line.depth > DEEPEST && <span className={styles['quiet']}>{line.depth}</span>}
        {failed && <StatusShape tone="critical" label={t('traces.error')} />}
        <span className={styles['service']}>{line.service}</span>
        <span className={styles['operation']} title={`${line.service} ${line.operation}`}>
          {line.operation}
        </span>
        {line.collapsed && (
          <span className={styles['quiet']} title={t('traces.hiddenBelow', { count: line.descendants })}>
            +{formatCount(line.descendants)}
          </span>
        )}
        {line.orphan && (
          <span className={styles['flag']} title={t('traces.orphanHelp')}>
            {t('traces.orphan')}
          </span>
        )}
        {line.skewed && (
          <span className={styles['flag']} title={t('traces.skewHelp')}>
            <Icon name="clock" size={12} /> {t('traces.skew')}
          </span>
        )}
        {line.links > 0 && (
          <span className={styles['quiet']} title={t('traces.linkCount', { count: line.links })}>
            <Icon name="link" size={12} />
          </span>
        )}
      </div>
      <div role="gridcell" className={styles['offscreen']}>
        {t('traces.rowWords', {
          duration: formatDurationNs(line.duration),
          self: formatDurationNs(line.self),
          offset: formatDurationNs(line.offset),
        })}
        {line.critical ? ` ${t('traces.onCritical')}` : ''}
        {line.events > 0 ? ` ${t('traces.eventCount', { count: line.events })}` : ''}
      </div>
    </div>
  )
})

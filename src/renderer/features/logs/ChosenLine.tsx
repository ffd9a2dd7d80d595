// The line that the address names: from the list where it is loaded, else asked for by its id.

import type { EpochNs } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, useMethod } from '../../lib/engine/index.ts'
import { Drawer, ErrorState, Skeleton } from '../../ui/index.ts'
import type { ValueMenu } from '../../workbench/index.ts'
import type { Highlighter } from './body-text.ts'
import { type DetailTab, LineDetail } from './LineDetail.tsx'
import type { LineAt } from './line-window.ts'
import { type Lines, useContent } from './use-lines.ts'

export interface ChosenLineProps {
  readonly id: string
  readonly lines: Lines
  readonly highlight: Highlighter
  readonly sources: string[] | undefined
  readonly values: ValueMenu
  readonly tab: DetailTab
  readonly onTab: (tab: DetailTab) => void
  readonly onColumn?: (field: string) => void
  readonly onChoose: (id: string, time: EpochNs) => void
  readonly onClose: () => void
}

export function ChosenLine({ id, lines, onChoose, onColumn, ...rest }: ChosenLineProps) {
  const t = useT()
  useContent(lines.window)
  const position = lines.window?.positionOf(id)
  const listed = position === undefined ? undefined : lines.window?.at(position)
  const asked = useMethod('logs.context', listed ? null : { id, before: 0, after: 0 }, { keepPrevious: false })
  const table = asked.data?.table
  const line: LineAt | undefined = listed ?? (table && table.rowCount > 0 ? { frame: table, row: 0 } : undefined)
  if (!line)
    return (
      <Drawer label={t('logs.line')} title={t('logs.line')} onClose={rest.onClose}>
        {asked.error ? (
          <ErrorState error={asked.error} what={t('logs.line.gone')} onRetry={asked.refetch} />
        ) : (
          <Skeleton lines={16} />
        )}
      </Drawer>
    )
  return (
    <LineDetail
      key={id}
      {...rest}
      line={line}
      onColumn={onColumn}
      onChoose={(next) => onChoose(next, cellOf(line.frame, 'time', line.row) as EpochNs)}
    />
  )
}

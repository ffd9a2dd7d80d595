// The column that tells from which source a row is, and from which environment: a firing rule of production and the same one
// of staging are not the same news. Where all rows are of one source there is nothing to tell apart, and no column.

import { useCallback, useMemo } from 'react'
import type { Frame } from '../../shared/frame/frame.ts'
import { textOf, useMethod } from '../lib/engine/index.ts'
import { environmentTone } from '../lib/environment.ts'
import { Badge, type TableColumn } from '../ui/index.ts'
import styles from './source-column.module.css'

export function useSourceColumn(title: string): (frame: Frame | undefined) => TableColumn[] {
  const { data } = useMethod('sources.list', {})
  const known = useMemo(() => new Map((data?.sources ?? []).map((source) => [source.id, source])), [data])
  return useCallback(
    (frame) => {
      const ids = new Set<string>()
      for (let row = 0; frame && row < frame.rowCount && ids.size < 2; row++) ids.add(textOf(frame, 'source', row))
      if (ids.size < 2) return []
      return [
        {
          id: 'source',
          title,
          width: 194,
          render: ({ frame: shown, row }) => {
            const id = textOf(shown, 'source', row)
            const environment = known.get(id)?.live?.environment ?? ''
            return (
              <span className={styles['source']}>
                <span className={styles['name']} title={known.get(id)?.name ?? id}>
                  {known.get(id)?.name ?? id}
                </span>{' '}
                {environment !== '' && (
                  <Badge filled tone={environmentTone(environment)}>
                    {environment}
                  </Badge>
                )}
              </span>
            )
          },
        },
      ]
    },
    [known, title],
  )
}

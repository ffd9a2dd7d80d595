// Asks once per set of sources which services they have, over all of their time, and gives each its colour.

import { useEffect, useMemo } from 'react'
import { textOf, useMethod } from '../lib/engine/index.ts'
import { colourServices } from '../theme/theme.ts'
import { dataRange } from '../workbench/data-range.ts'

/** More services than this keep the colours of their names. */
const MOST = 500

export function useServiceColours(): void {
  const { data } = useMethod('sources.list', {})
  const range = useMemo(() => {
    const ranges = (data?.sources ?? [])
      .filter((s) => s.state === 'ready')
      .map(dataRange)
      .filter((r) => r !== undefined)
    const from = ranges.map((r) => r.from).toSorted()[0]
    const to = ranges
      .map((r) => r.to)
      .toSorted()
      .at(-1)
    return from === undefined || to === undefined ? undefined : { from, to }
  }, [data])
  const services = useMethod('traces.values', range ? { range, key: 'service', limit: MOST } : null)
  useEffect(() => {
    const table = services.data?.table
    if (!table || services.stale) return
    colourServices(Array.from({ length: table.rowCount }, (_, row) => textOf(table, 'value', row)))
  }, [services.data, services.stale])
}

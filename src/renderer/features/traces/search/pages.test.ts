import { describe, expect, it } from 'vitest'
import { frameFromRows } from '../../../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../../../shared/frame/table.ts'
import { stacked } from './pages.ts'

const COLUMNS = [
  { name: 'traceId', type: 'string' },
  { name: 'start', type: 'time' },
  { name: 'durationNs', type: 'int', unit: 'ns' },
] as const
const page = (...ids: string[]) =>
  frameFromRows(
    COLUMNS,
    ids.map((id, i) => ({ traceId: id, start: BigInt(i), durationNs: i === 1 ? null : 5 })),
  )

describe('pages of traces', () => {
  it('become one frame with every cell as it was', () => {
    const whole = frameToJsonTable(stacked([page('a', 'b'), page('c')]))
    expect(whole.rows).toEqual([...frameToJsonTable(page('a', 'b')).rows, ...frameToJsonTable(page('c')).rows])
    expect(whole.columns).toEqual(frameToJsonTable(page('a')).columns)
  })

  it('are empty when there are none', () => {
    expect(stacked([])).toEqual({ rowCount: 0, columns: [] })
  })
})

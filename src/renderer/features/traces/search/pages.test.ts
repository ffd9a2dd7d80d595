import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { frameFromRows } from '../../../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../../../shared/frame/table.ts'
import { askAllAgain } from '../../../lib/engine/invalidate.ts'
import { askNext, stacked } from './pages.ts'

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

  it('stay on screen while the list is refreshed, and the next is asked for after the new first one', async () => {
    const client = new QueryClient()
    let held: PromiseWithResolvers<void> | undefined
    let age = 'old'
    const list = new InfiniteQueryObserver(client, {
      queryKey: ['traces.search', { paged: 200 }],
      queryFn: async ({ pageParam }) => {
        await held?.promise
        return `${age} ${pageParam}`
      },
      initialPageParam: 0,
      getNextPageParam: (_last, _all, param) => param + 1,
    })
    const end = list.subscribe(() => {})
    const pages = () => list.getCurrentResult().data?.pages
    await expect.poll(() => pages()).toEqual(['old 0'])
    for (const n of [1, 2]) {
      askNext(list.getCurrentResult())
      await expect.poll(() => pages()).toHaveLength(n + 1)
    }
    const answered = Date.now()
    await expect.poll(() => Date.now()).toBeGreaterThan(answered)
    held = Promise.withResolvers()
    age = 'new'
    await new Promise<void>((done) => askAllAgain(client, (run) => done(run())))
    expect(list.getCurrentResult().isFetching).toBe(true)
    expect(pages()).toEqual(['old 0', 'old 1', 'old 2'])
    askNext(list.getCurrentResult())
    held.resolve()
    await expect.poll(() => client.isFetching()).toBe(0)
    expect(pages()).toEqual(['new 0'])
    askNext(list.getCurrentResult())
    await expect.poll(() => pages()).toEqual(['new 0', 'new 1'])
    end()
    client.clear()
  })
})

// A refresh while lanes take up the new range one after the other.

import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { askAllAgain } from '../lib/engine/invalidate.ts'
import { afterTurns, drawInTurn } from './draw-queue.ts'

afterEach(() => vi.unstubAllGlobals())

/** Frames that come when they are called for. */
function frames(): () => boolean {
  const waiting: Array<() => void> = []
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => waiting.push(run))
  return () => {
    const next = waiting.shift()
    next?.()
    return next !== undefined
  }
}

test('each lane is asked once, for the range after the refresh', async () => {
  const nextFrame = frames()
  const queries = new QueryClient()
  const asked: string[] = []
  const query = (lane: string, range: string) => ({
    queryKey: ['metrics.lane', lane, range],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => {
      asked.push(`${lane} ${range}`)
      return Promise.resolve(range)
    },
  })
  const lanes = ['a', 'b', 'c'].map((name) => ({ name, observer: new QueryObserver(queries, query(name, 'before')) }))
  const fixed = new QueryObserver(queries, query('fixed', 'absolute'))
  const stops = [...lanes.map(({ observer }) => observer), fixed].map((observer) => observer.subscribe(() => {}))
  await expect.poll(() => queries.isFetching()).toBe(0)
  // answered earlier than the refresh, to the millisecond of the clock
  for (const { queryKey } of queries.getQueryCache().getAll())
    queries.setQueryData(queryKey, 'before', { updatedAt: Date.now() - 1000 })
  asked.length = 0

  for (const { name, observer } of lanes)
    drawInTurn(observer, () => {
      observer.setOptions(query(name, 'after'))
      // as long as a lane takes that uses up the frame
      for (const until = performance.now() + 5; performance.now() < until; );
    })
  askAllAgain(queries, afterTurns)
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(asked).toEqual([])
  while (nextFrame()) await expect.poll(() => queries.isFetching()).toBe(0)
  await expect.poll(() => asked).toHaveLength(4)
  // what the refresh did not move is asked again, the others not twice
  expect(asked).toEqual(['a after', 'b after', 'c after', 'fixed absolute'])
  for (const stop of stops) stop()
  queries.clear()
})

test('where nothing waits for its turn, what comes after it runs at once', () => {
  const run = vi.fn<() => void>()
  afterTurns(run)
  expect(run).toHaveBeenCalledOnce()
})

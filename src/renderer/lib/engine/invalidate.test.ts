// What a wish to see what there is now asks again.

import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { askAllAgain } from './invalidate.ts'

test('a list begins again at its first page, everything else on screen is asked once', async () => {
  const client = new QueryClient()
  const asked: number[] = []
  const list = new InfiniteQueryObserver(client, {
    queryKey: ['traces.search', { paged: 200 }],
    queryFn: ({ pageParam }) => {
      asked.push(pageParam)
      return Promise.resolve(`page ${pageParam}`)
    },
    initialPageParam: 0,
    getNextPageParam: (_last, _all, param) => param + 1,
  })
  const headline = vi.fn(() => Promise.resolve('words'))
  const one = new QueryObserver(client, { queryKey: ['traces.scatter', {}], queryFn: headline })
  const ends = [list.subscribe(() => {}), one.subscribe(() => {})]
  await expect.poll(() => list.getCurrentResult().data?.pages).toHaveLength(1)
  await list.fetchNextPage()
  await list.fetchNextPage()
  expect(list.getCurrentResult().data?.pages).toEqual(['page 0', 'page 1', 'page 2'])
  asked.length = 0
  headline.mockClear()
  // an answer of this very millisecond is new enough not to be asked again
  const answered = Date.now()
  await expect.poll(() => Date.now()).toBeGreaterThan(answered)
  await new Promise<void>((done) => askAllAgain(client, (run) => done(run())))
  await expect.poll(() => client.isFetching()).toBe(0)
  expect(asked).toEqual([0])
  expect(headline).toHaveBeenCalledTimes(1)
  expect(list.getCurrentResult().data?.pages).toEqual(['page 0'])
  expect(list.getCurrentResult().hasNextPage).toBe(true)
  for (const end of ends) end()
  client.clear()
})

// Which stores behind Thanos are missed, by its list of them over time.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Fields } from './client.ts'
import { Stores } from './stores.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const store = (name: string, ...clusters: string[]) => ({
  name,
  lastError: null,
  labelSets: clusters.map((cluster) => ({ cluster })),
})
const asking = { signal: new AbortController().signal, view: 'x' }

/** What is missed after each list, half a minute apart. */
async function missedOf(...lists: ReadonlyArray<readonly object[]>): Promise<Array<readonly string[]>> {
  let at = 0
  const stores = new Stores({ status: async (): Promise<Fields> => ({ store: lists[at] }) })
  const missed: Array<readonly string[]> = []
  for (; at < lists.length; at++) {
    missed.push(await stores.unreached(asking))
    vi.advanceTimersByTime(30_000)
  }
  return missed
}

test('one that is on the list no more is missed until another has its labels', async () => {
  const [eu, us] = [store('a:1', 'eu'), store('b:1', 'us')]
  const given = 'Thanos has given up store b:1, and asks nothing else with the labels {"cluster":"us"}.'
  expect(await missedOf([eu, us], [eu], [eu, store('c:1', 'us')])).toEqual([[], [given], []])
})

test('one that is still asked is not given up because its labels are others', async () => {
  expect(await missedOf([store('a:1', 'eu', 'us')], [store('a:1', 'eu')])).toEqual([[], []])
})

test('a list that does not come is not waited for, and whoever leaves is told so', async () => {
  const hangs = ({ signal }: { signal: AbortSignal }): Promise<Fields> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new WatchdeckError('cancelled', 'The call was cancelled.')))
    })
  const client = { status: (_part: string, asked: { signal: AbortSignal }) => hangs(asked) }
  expect(await new Stores(client, 10).unreached(asking)).toEqual([])
  const leaving = new AbortController()
  const left = new Stores(client, 60_000).unreached({ ...asking, signal: leaving.signal })
  leaving.abort()
  await expect(left).rejects.toMatchObject({ code: 'cancelled' })
})

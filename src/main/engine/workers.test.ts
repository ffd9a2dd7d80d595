import { expect, test } from 'vitest'
import type { DoubleTask } from '../../../test/support/double.worker.ts'
import { createWorkerPool } from './workers.ts'

test('work runs in threads from the TypeScript source, fails with its error, is cancelled by its signal', async () => {
  const pool = createWorkerPool<DoubleTask, number>({
    from: import.meta.url,
    worker: '../../../test/support/double.worker.ts',
  })
  expect(await Promise.all([1, 2, 3].map((value) => pool.run({ value })))).toEqual([2, 4, 6])
  await expect(pool.run({ value: -1 })).rejects.toThrow('no negative numbers')
  const abort = new AbortController()
  const endless = pool.run({ value: 0 }, { signal: abort.signal })
  abort.abort()
  await expect(endless).rejects.toMatchObject({ code: 'cancelled' })
  await pool.close()
})

// Who is slow is not waited for.

import { expect, test } from 'vitest'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { within } from './gather.ts'

test('what does not come in time is a timeout, what comes is told, what fails fails as it did', async () => {
  const never = new Promise<never>(() => undefined)
  await expect(within(never, 1)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('ten seconds'),
  })
  expect(await within(Promise.resolve(7), 60_000)).toBe(7)
  const refused = new WatchdeckError('unavailable', 'no')
  await expect(within(Promise.reject(refused), 60_000)).rejects.toBe(refused)
})

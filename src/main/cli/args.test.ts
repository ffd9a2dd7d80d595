// Options of the command line: what cannot be meant is refused before anything starts.
import { expect, test } from 'vitest'
import { parseArguments, portOf } from './args.ts'

test('a port is a whole number that TCP has', () => {
  const given = (...words: string[]) => portOf(parseArguments(['serve', ...words]))
  expect(given()).toBeUndefined()
  expect([given('--port', '0'), given('--port', '8080'), given('--port', '65535')]).toEqual([0, 8080, 65_535])
  for (const wrong of ['65536', '99999', '80.5', 'abc', ''])
    expect(() => given(`--port=${wrong}`), wrong).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

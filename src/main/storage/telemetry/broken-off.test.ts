// A statement that fails after its first rows: nobody may take its beginning for the whole.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../../test/support/engine.ts'

const LATE = `SELECT i, CASE WHEN i = 300000 THEN error('late')::BIGINT ELSE i END AS v FROM range(400000) t(i)`

let t: TestEngine
let telemetry: TestEngine['stores']['telemetry']

beforeAll(async () => {
  t = await startTestEngine({ modules: [] })
  telemetry = t.stores.telemetry
})
afterAll(() => t[Symbol.asyncDispose]())

describe('a statement that fails after its first rows', () => {
  test('fails as rows', async () => {
    await expect(telemetry.rows(LATE, [])).rejects.toThrow(/late/)
  })

  test('fails with parameters', async () => {
    await expect(telemetry.rows(`${LATE} WHERE i >= $1`, [1n])).rejects.toThrow(/late/)
  })

  test('is told with the code of what went wrong', async () => {
    await expect(
      telemetry.rows(`SELECT CASE WHEN i = 300000 THEN 'x' ELSE '1' END::BIGINT AS v FROM range(400000) t(i)`, []),
    ).rejects.toThrow(/convert/i)
  })

  test('leaves a store that answers whole', async () => {
    const rows = await telemetry.rows<{ i: bigint }>('SELECT i FROM range(400000) t(i)', [])
    expect(rows).toHaveLength(400_000)
  })
})

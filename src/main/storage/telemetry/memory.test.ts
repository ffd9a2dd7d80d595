// A large write holds DuckDB's memory low, and gives it back however it ends.

import { describe, expect, it } from 'vitest'
import { codeOf, filledSource, openTestStores, span, T0, tempFolder } from '../testing.ts'
import type { OffsetRow } from '../../../shared/domain/telemetry.ts'

const LOT = 51_200
const rows = Array.from(
  { length: LOT },
  (_, i): OffsetRow => ({
    time: T0 + BigInt(i),
    topic: 'orders',
    partition: i % 8,
    group: 'billing',
    committed: i,
    logEnd: i,
  }),
)

describe('memory of a large write', () => {
  it.each(['commit', 'rollback', 'failure', 'cancel'] as const)(
    'is low meanwhile and as before after a %s',
    async (end) => {
      await using stores = await openTestStores(tempFolder(), { memoryBytes: 512 * 2 ** 20, threads: 2 })
      const limit = async () =>
        (await stores.telemetry.rows<{ m: string }>(`SELECT current_setting('memory_limit') AS m`, []))[0]?.m
      const source = await filledSource(stores)
      const before = await limit()
      expect(before).toBe('512.0 MiB')
      const leave = new AbortController()
      const writer = await stores.telemetry.writer(source, { signal: leave.signal })
      await writer.write({ kind: 'offsets', rows })
      expect(await limit()).toBe(before)
      for (let lot = 0; lot < 10; lot++) await writer.write({ kind: 'offsets', rows })
      expect(await limit()).toBe('160.0 MiB')
      if (end === 'commit') await writer.commit()
      else {
        if (end === 'failure') {
          await writer.write({ kind: 'spans', rows: [span({ traceId: 'no id' })] }).catch(() => undefined)
          expect(await codeOf(writer.commit())).not.toBe('nothing was thrown')
        } else if (end === 'cancel') {
          leave.abort()
          expect(await codeOf(writer.write({ kind: 'offsets', rows }))).toBe('cancelled')
        }
        await writer.rollback()
      }
      expect(await limit()).toBe(before)
      // the next writer finds an open door
      const next = await stores.telemetry.writer(source)
      await next.rollback()
    },
  )
})

// What the store refuses: queries nobody waits for, too much memory, files that are not its own, newer schemas.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../catalog/catalog.ts'
import { codeOf, openTestStores, T0, tempFolder, testClock } from '../testing.ts'
import { uuidOf } from './ids.ts'
import { openTelemetryStore } from './store.ts'

describe('limits', () => {
  it('a running query stops when its caller leaves', async () => {
    await using stores = await openTestStores()
    const leave = new AbortController()
    const query = stores.telemetry.rows(
      'SELECT count(*) AS n FROM range(1000000) a(i), range(1000000) b(j) WHERE (i * j) % 7 = 3',
      [],
      { signal: leave.signal },
    )
    setTimeout(() => leave.abort(), 50)
    expect(await codeOf(query)).toBe('cancelled')
    expect(await stores.telemetry.rows('SELECT 1 AS one', [])).toEqual([{ one: 1 }])
  })

  it('a query that needs too much memory is refused with a hint', async () => {
    await using stores = await openTestStores(tempFolder(), {
      memoryBytes: 64 * 2 ** 20,
      spillBytes: 2 ** 20,
      threads: 1,
    })
    const query = stores.telemetry.rows(`SELECT list(i || 'some longer text here') AS l FROM range(20000000) r(i)`, [])
    expect(['limit_exceeded', 'unavailable']).toContain(await codeOf(query))
  })

  it.each([
    `SELECT * FROM read_csv('/etc/hostname')`,
    `COPY (SELECT 1) TO '/tmp/watchdeck-should-not-exist.csv'`,
    `ATTACH '/tmp/watchdeck-should-not-exist.duckdb' AS other`,
    `INSTALL httpfs`,
  ])('the store reaches no file outside its folders: %s', async (sql) => {
    await using stores = await openTestStores()
    expect(await codeOf(stores.telemetry.rows(sql, []))).not.toBe('nothing was thrown')
    await expect(stores.telemetry.rows('SET enable_external_access = true', [])).rejects.toThrow()
    expect(existsSync('/tmp/watchdeck-should-not-exist.csv')).toBe(false)
  })

  it.each([
    `SET temp_directory = '/tmp'`,
    `SET max_temp_directory_size = '1TiB'`,
    `SET allowed_directories = ['/']`,
    `SET allowed_configs = ['threads']`,
    `SET lock_configuration = false`,
    `SET autoload_known_extensions = true`,
    `SET GLOBAL enable_external_access = true`,
    `RESET enable_external_access`,
    `SET allowed_configs = ['temp_directory']`,
  ])('of its settings memory and threads alone can be changed once it is open: %s', async (sql) => {
    await using stores = await openTestStores()
    await expect(stores.telemetry.rows(sql, [])).rejects.toThrow()
    await stores.telemetry.rows(`SET memory_limit = '300MiB'`, [])
    expect(await stores.telemetry.rows(`SELECT current_setting('memory_limit') AS m`, [])).toEqual([{ m: '300.0 MiB' }])
  })

  it('memory and threads follow what is chosen, also through a large write', async () => {
    await using stores = await openTestStores(tempFolder(), { memoryBytes: 512 * 2 ** 20, threads: 1 })
    const now = () =>
      stores.telemetry.rows(`SELECT current_setting('memory_limit') AS m, current_setting('threads')::INTEGER AS t`, [])
    expect(await now()).toEqual([{ m: '512.0 MiB', t: 1 }])
    await stores.telemetry.limit({ memoryBytes: 768 * 2 ** 20, threads: 3 })
    expect(await now()).toEqual([{ m: '768.0 MiB', t: 3 }])
  })

  it('big integers as parameters keep the column’s type, so that scans stay short', async () => {
    await using stores = await openTestStores()
    expect(
      await stores.telemetry.rows('SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c, typeof(?) AS d, ? AS e', [
        T0,
        2n ** 64n - 1n,
        5,
        1.5,
        uuidOf('ff'),
      ]),
    ).toEqual([{ a: 'BIGINT', b: 'UBIGINT', c: 'INTEGER', d: 'DOUBLE', e: 'ff'.padStart(32, '0') }])
  })
})

describe('opening', () => {
  it('refuses a newer schema with a hint', async () => {
    const folder = tempFolder()
    {
      await using stores = await openTestStores(folder)
      expect(await stores.telemetry.bytes()).toBeGreaterThan(0)
    }
    const instance = await DuckDBInstance.create(join(folder, 'telemetry.duckdb'))
    const connection = await instance.connect()
    await connection.run(`UPDATE store SET value = '99' WHERE name = 'schema'`)
    connection.disconnectSync()
    instance.closeSync()
    const catalog = openCatalog(folder, testClock)
    expect(await codeOf(openTelemetryStore(folder, catalog))).toBe('unsupported')
    catalog.close()
  })
})

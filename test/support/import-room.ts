// A room for tests of imports: one engine for the file's tests, contents as files of their own, what came of them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { CapabilityModule } from '../../src/main/engine/api.ts'
import { importModule } from '../../src/main/import/index.ts'
import { startTestEngine, type TestEngine } from './engine.ts'

export function importRoom(modules: readonly CapabilityModule[] = []) {
  let t: TestEngine
  let dir: string
  let next = 0
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'watchdeck-import-'))
    t = await startTestEngine({ modules: [importModule, ...modules] })
  })
  afterAll(async () => {
    await t[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  const fileOf = async (content: string | Uint8Array, name = 'file'): Promise<string> => {
    const path = join(dir, `${next++}-${name}`)
    await writeFile(path, content)
    return path
  }
  const rowsOf = async <Row extends Record<string, unknown>>(
    source: string,
    sql: (relation: (table: 'logs' | 'samples' | 'series') => string) => string,
  ) => {
    const scope = await t.stores.telemetry.scope([source])
    return await t.stores.telemetry.rows<Row>(
      sql((table) => scope.relation(table)),
      [],
    )
  }
  return {
    engine: (): TestEngine => t,
    dir: (): string => dir,
    load: async (content: string | Uint8Array, more: object = {}) =>
      t.client.call('import.run', { paths: [await fileOf(content)], ...more }),
    look: async (content: string | Uint8Array, more: object = {}) => {
      const { files } = await t.client.call('import.preview', { paths: [await fileOf(content)], ...more })
      const [file] = files
      if (!file) throw new Error('no preview')
      return file
    },
    logsOf: (source: string) =>
      rowsOf<{ time: string; body: string; service: string; severity: number }>(
        source,
        (relation) =>
          `SELECT time_ns::VARCHAR AS time, body, service, severity::INTEGER AS severity FROM ${relation('logs')} ORDER BY id`,
      ),
    /** [time, name, labels, value] in the order of times, then of names */
    samplesOf: async (source: string) => {
      const rows = await rowsOf<Record<string, unknown>>(
        source,
        (relation) =>
          `SELECT p.time_ns AS time, s.prom_name AS name, s.labels, p.value FROM ${relation('samples')} p
           JOIN ${relation('series')} s ON s.source = p.source AND s.series = p.series ORDER BY p.time_ns, s.prom_name, s.labels`,
      )
      return rows.map((r) => [r['time'], r['name'], JSON.parse(String(r['labels'])), r['value']])
    },
  }
}

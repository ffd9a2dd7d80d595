// Data folders as earlier versions left them, made from the SQL of test/fixtures/schemas.

import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import Database from 'better-sqlite3'

const FOLDER = resolve(import.meta.dirname, '../fixtures/schemas')
const sqlOf = (store: string, number: number): string => readFileSync(join(FOLDER, `${store}-${number}.sql`), 'utf8')

export async function writeFixture(dataDir: string, catalog: number, telemetry: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const db = new Database(join(dataDir, 'catalog.sqlite'))
  db.exec(sqlOf('catalog', catalog))
  db.close()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const name of ['telemetry', 'events'])
    await connection.run(`ATTACH '${join(dataDir, `${name}.duckdb`)}' AS ${name}`)
  // one transaction writes to one database
  for (const statement of sqlOf('telemetry', telemetry).split(/;\n/))
    if (statement.trim() !== '') await connection.run(statement)
  connection.disconnectSync()
  instance.closeSync()
}

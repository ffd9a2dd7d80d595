// The catalog on real SQLite files: what survives, what the database refuses, what is told when a file cannot be used.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Entry, Incident } from '../../../shared/contract/incidents.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import { tempFolder, testClock } from '../testing.ts'
import { openCatalog } from './catalog.ts'
import { MIGRATIONS } from './migrations/index.ts'

const open = (folder = tempFolder()) => openCatalog(folder, testClock)
const NOW = '2026-09-21T14:13:20.000000000Z'

const incident = (id = 'i1'): Omit<Incident, 'number' | 'pins' | 'notes' | 'removed'> => ({
  id,
  title: 'Checkout slow',
  severity: 'major',
  stage: 'detected',
  range: { from: 'a', to: 'b' },
  sources: ['s'],
  services: ['checkout'],
  tags: ['t'],
  roles: { lead: 'Ada' },
  stamps: [{ stage: 'detected', at: 'a', recordedAt: 'a' }],
  summary: '',
  createdAt: 'a',
  updatedAt: 'a',
  readOnly: false,
})
const note = (id: string, at: string): Entry => ({
  id,
  incident: 'i1',
  kind: 'note',
  at,
  recordedAt: 'r',
  editedAt: null,
  title: '',
  markdown: 'text',
  what: null,
  completeness: null,
  lane: false,
})
const job = (id: string, fields: Partial<Job> = {}): Job => ({
  id,
  method: 'import.run',
  title: 'Import',
  state: 'running',
  fraction: null,
  message: '',
  startedAt: id,
  endedAt: null,
  error: null,
  ...fields,
})

const failure = (run: () => unknown): WatchdeckError => {
  try {
    run()
  } catch (error) {
    if (error instanceof WatchdeckError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('sources', () => {
  it('keeps a source as it was made and changed, over a restart', () => {
    const folder = tempFolder()
    const catalog = open(folder)
    const made = catalog.sources.create({ name: 'files', kind: 'import', origin: ['a.json'], readOnly: false })
    const counts = { spans: 1, logs: 2, samples: 3, series: 4, objects: 5, happenings: 6, userEvents: 7 }
    const changed = catalog.sources.update(made.id, {
      state: 'ready',
      from: 'x',
      to: 'y',
      rows: 28,
      counts,
      clockOffsetNs: '-5',
      undoUntil: 'later',
    })
    expect(changed).toEqual({
      ...made,
      state: 'ready',
      from: 'x',
      to: 'y',
      rows: 28,
      counts,
      clockOffsetNs: '-5',
      undoUntil: 'later',
    })
    expect(made).toMatchObject({ key: 1, state: 'loading', clockOffsetNs: '0', createdAt: NOW })
    catalog.close()
    const again = open(folder)
    expect(again.sources.list()).toEqual([changed])
    expect(again.sources.update(made.id, { undoUntil: undefined })).not.toHaveProperty('undoUntil')
    again.close()
  })

  it('never gives a key out twice, for rows of a deleted source may still be there', () => {
    const catalog = open()
    const fields = { name: 'n', kind: 'demo', origin: [], readOnly: false } as const
    catalog.sources.delete(catalog.sources.create(fields).id)
    expect(catalog.sources.create(fields).key).toBe(2)
    catalog.close()
  })

  it('forgets the imports of a deleted source', () => {
    const catalog = open()
    const { id } = catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
    const line = {
      sha256: 'ff',
      source: id,
      path: '/a',
      bytes: 1,
      format: 'otlp-json',
      rowsTaken: 2,
      rowsSkipped: 0,
      importedAt: NOW,
    }
    catalog.imports.add(line)
    expect(catalog.imports.find('ff')).toEqual([line])
    catalog.sources.delete(id)
    expect(catalog.imports.find('ff')).toEqual([])
    catalog.close()
  })
})

describe('incidents', () => {
  it('gives numbers out once and counts pins and notes', () => {
    const catalog = open()
    expect(catalog.incidents.create(incident())).toEqual({
      ...incident(),
      number: 1,
      pins: 0,
      notes: 0,
      removed: false,
    })
    catalog.entries.add(note('n2', 't2'), null)
    catalog.entries.add(
      {
        ...note('n1', 't1'),
        kind: 'pin',
        what: { method: 'logs.search', input: { a: 1 } },
        completeness: { complete: true, missing: [] },
      },
      '{"x":1}',
    )
    expect(catalog.incidents.get('i1')).toMatchObject({ pins: 1, notes: 1 })
    expect(catalog.entries.list('i1').map((e) => e.id)).toEqual(['n1', 'n2'])
    expect(catalog.entries.answer('n1')).toBe('{"x":1}')
    catalog.entries.setRemoved('n2', true)
    expect(catalog.incidents.get('i1')).toMatchObject({ pins: 1, notes: 0 })
    catalog.incidents.delete('i1')
    expect(catalog.entries.get('n1')).toBeUndefined()
    expect(catalog.incidents.create(incident('i2')).number).toBe(2)
    catalog.close()
  })

  it('keeps the first stamp of a stage, and the database refuses to change or drop it', () => {
    const catalog = open()
    catalog.incidents.create(incident())
    catalog.incidents.stamp('i1', { stage: 'resolved', at: 'first', recordedAt: 'r' })
    catalog.incidents.stamp('i1', { stage: 'resolved', at: 'second', recordedAt: 'r' })
    const db = new Database(catalog.path)
    db.pragma('foreign_keys = ON')
    db.pragma('recursive_triggers = ON')
    expect(() => db.exec(`UPDATE stamps SET at = 'x'`)).toThrow('a stamp is written once')
    expect(() => db.exec(`DELETE FROM stamps`)).toThrow('a stamp goes only with its incident')
    expect(() => db.exec(`INSERT OR REPLACE INTO stamps VALUES ('i1', 'resolved', 'x', 'x')`)).toThrow(
      'a stamp goes only with its incident',
    )
    db.close()
    expect(catalog.incidents.get('i1')?.stamps).toEqual([
      { stage: 'detected', at: 'a', recordedAt: 'a' },
      { stage: 'resolved', at: 'first', recordedAt: 'r' },
    ])
    catalog.incidents.delete('i1')
    expect(catalog.incidents.get('i1')).toBeUndefined()
    catalog.close()
  })

  it('says not_found for what is not there', () => {
    const catalog = open()
    const calls = [
      () => catalog.incidents.update('x', { title: 't' }),
      () => catalog.incidents.stamp('x', { stage: 'detected', at: 'a', recordedAt: 'a' }),
      () => catalog.entries.update('x', { title: 't' }),
      () => catalog.entries.setRemoved('x', true),
      () => catalog.sources.update('x', {}),
    ]
    expect(calls.map((call) => failure(call).code)).toEqual(calls.map(() => 'not_found'))
    catalog.close()
  })
})

describe('jobs and settings', () => {
  it('tells jobs that ran when the program ended as interrupted', () => {
    const catalog = open()
    catalog.jobs.save(job('1'))
    catalog.jobs.save({ ...job('2', { state: 'done', endedAt: 'e' }), result: { rows: 3 } })
    catalog.jobs.interruptRunning('now')
    expect(catalog.jobs.list(10)).toEqual([
      job('2', { state: 'done', endedAt: 'e' }),
      job('1', { state: 'interrupted', endedAt: 'now' }),
    ])
    expect(catalog.jobs.get('2')).toEqual({ ...job('2', { state: 'done', endedAt: 'e' }), result: { rows: 3 } })
    catalog.jobs.clearEnded()
    expect(catalog.jobs.list(10)).toEqual([])
    catalog.close()
  })

  it('fills in defaults and reads a value it does not know as the default', () => {
    const catalog = open()
    expect(catalog.settings.set({ theme: 'light' })).toMatchObject({ theme: 'light', zone: 'local' })
    const db = new Database(catalog.path)
    db.exec(`INSERT INTO settings VALUES ('density', '"airy"'), ('later', '1')`)
    db.close()
    expect(catalog.settings.get()).toMatchObject({ theme: 'light', density: 'normal' })
    catalog.close()
  })
})

describe('audit', () => {
  const written = () => {
    const catalog = open()
    for (const subject of ['a', 'b', 'c'])
      catalog.audit.append({ at: NOW, actor: 'me', action: 'remove', subject, detail: { n: subject } })
    return catalog
  }

  it('is a chain that verifies, and the database refuses to change it', () => {
    const catalog = written()
    expect(catalog.audit.verify()).toEqual({ ok: true })
    const db = new Database(catalog.path)
    expect(() => db.exec(`UPDATE audit SET actor = 'you'`)).toThrow('append-only')
    expect(() => db.exec('DELETE FROM audit')).toThrow('append-only')
    db.close()
    catalog.close()
  })

  it.each([
    ['a changed line', `UPDATE audit SET subject = 'x' WHERE seq = 2`, 2],
    ['a missing line', 'DELETE FROM audit WHERE seq = 2', 2],
    ['a cut tail', 'DELETE FROM audit WHERE seq = 3', 3],
  ])('finds %s made by someone who removed the triggers', (_name, tamper, line) => {
    const catalog = written()
    const db = new Database(catalog.path)
    db.exec(`DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; ${tamper}`)
    db.close()
    expect(catalog.audit.verify()).toEqual({ ok: false, firstBroken: line })
    catalog.close()
  })
})

describe('the file', () => {
  it('does all of a transaction or nothing, nested ones with the outer', () => {
    const catalog = open()
    const fields = { name: 'n', kind: 'demo', origin: [], readOnly: false } as const
    expect(() =>
      catalog.transaction(() => {
        catalog.transaction(() => catalog.sources.create(fields))
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(catalog.sources.list()).toEqual([])
    catalog.close()
  })

  it('refuses a newer schema and says what to do', () => {
    const folder = tempFolder()
    const catalog = open(folder)
    catalog.close()
    const db = new Database(catalog.path)
    db.pragma(`user_version = ${MIGRATIONS.length + 1}`)
    db.close()
    const error = failure(() => open(folder))
    expect([error.code, error.hint]).toEqual(['unsupported', expect.stringContaining('newer one')])
  })

  it.each([
    [
      'a text file',
      (path: string) => writeFileSync(path, 'this is no database, but long enough to look at'.repeat(50)),
    ],
    [
      'overwritten pages',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes.fill(0xa5, 4096, bytes.length - 100)
        writeFileSync(path, bytes)
      },
    ],
    [
      'a database of another program',
      (path: string) => {
        const db = new Database(path)
        db.pragma('application_id = 7')
        db.close()
      },
    ],
  ])('reports %s as corrupt with a hint', (_name, damage) => {
    const folder = tempFolder()
    const catalog = open(folder)
    catalog.close()
    damage(catalog.path)
    const error = failure(() => open(folder))
    expect([error.code, error.hint]).toEqual(['corrupt', expect.stringContaining('put a copy')])
  })

  it('copies an older catalog before it migrates it', () => {
    const folder = tempFolder()
    const path = join(folder, 'catalog.sqlite')
    const old = new Database(path)
    old.pragma(`application_id = ${0x5744434b}`)
    old.exec('CREATE TABLE kept (x); INSERT INTO kept VALUES (42)')
    old.close()
    open(folder).close()
    const [backup] = readdirSync(join(folder, 'backups'))
    const copy = new Database(join(folder, 'backups', backup as string), { readonly: true })
    expect([copy.prepare('SELECT x FROM kept').pluck().get(), copy.pragma('user_version', { simple: true })]).toEqual([
      42, 0,
    ])
    copy.close()
  })

  it('can be backed up while open', async () => {
    const catalog = open()
    catalog.settings.set({ theme: 'dark' })
    const to = tempFolder()
    await catalog.backup(join(to, 'catalog.sqlite'))
    const copy = open(to)
    expect(copy.settings.get().theme).toBe('dark')
    copy.close()
    catalog.close()
  })
})

// The tables of docs/connectors.md against the tests: every numbered fact is held by a test that has its number, or is named
// as not applicable with the reason.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** How many facts each backend has. */
const FACTS = { Prometheus: 23, Jaeger: 14, Zipkin: 8, Alertmanager: 8 }

/** Rows of the table of facts below a heading: number and where it is held. */
function tableOf(page: string, backend: string): Array<{ fact: number; held: string }> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${backend}\n`)) ?? ''
  return section.split('\n').flatMap((line) => {
    const row = /^\| (\d+) .*?[^\\]\| (.*) \|$/.exec(line)
    return row ? [{ fact: Number(row[1]), held: row[2] ?? '' }] : []
  })
}

/** Numbers in the names of a file's tests: `3, 4: ..`, `.. (3)`, or `.. (Jaeger 3)` outside of a backend's own folder. */
function factsOf(source: string, backend: string): Set<number> {
  const names = [
    ...source.matchAll(
      /\b(?:test|it)(?:\.\w+)*\s*\(\s*(['"`])((?:(?!\1).)*)\1|\]\s*(?:as const)?\s*\)\s*\(\s*(['"`])((?:(?!\3).)*)\3/gs,
    ),
  ]
  const numbers = names.flatMap(([, , plain, , each]) => {
    const name = plain ?? each ?? ''
    const told = [
      /^(\d+(?:, \d+)*):/.exec(name)?.[1],
      ...[...name.matchAll(/\((?:([A-Z]\w+) )?(\d+(?:, \d+)*)\)/g)].map(([, of, list]) =>
        of === undefined || of === backend ? list : undefined,
      ),
    ]
    return told.flatMap((list) => list?.split(', ').map(Number) ?? [])
  })
  return new Set(numbers)
}

describe.each(Object.entries(FACTS))('%s', (backend, count) => {
  const rows = tableOf(text('docs/connectors.md'), backend)

  test('every fact has a line', () => {
    expect(rows.map(({ fact }) => fact)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
  })

  test.each(rows)('$fact is held where the table says', ({ fact, held }) => {
    if (/^Not applicable\b[^:]*: .{10,}/.test(held)) return
    const files = [...held.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const path = file.includes('/') ? file : `src/main/connectors/${backend.toLowerCase()}/${file}`
      expect([path, [...factsOf(text(path), backend)].includes(fact)]).toEqual([path, true])
    }
  })
})

test('a number is found in names alone', () => {
  const source = `
    // 7: no test
    test('3, 4: one', () => {})
    test.each([1, 2] as const)('5: %s', () => {})
    test('another (6)', () => expect('8: x').toBe('(9)'))
    it('of another (Zipkin 10)', () => {})
    test(
      'on its own line (Jaeger 11)',`
  expect([...factsOf(source, 'Jaeger')].sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 11])
})

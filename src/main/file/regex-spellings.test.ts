// What an expression spells out, and that the spelled ways match what it matched.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anchoredRegex } from '../../shared/promql/matchers.ts'
import { BORDER, flagged, MOST_SPELLINGS, piecesOf, spellingsOf } from './regex-spellings.ts'

test.each([
  ['abc', ['abc']],
  ['a|b', ['a', 'b']],
  ['x(a|b(c|d)?)y', ['xay', 'xbcy', 'xbdy', 'xby']],
  [String.raw`10\.0[.]0\.[12]`, ['10.0.0.1', '10.0.0.2']],
  ['[a-c-]', ['a', 'b', 'c', '-']],
  // what may repeat, or is any character, stays
  [String.raw`a+b*[^x][a-z]\d(c|d)*`, [String.raw`a+b*[^x][a-z]\d` + BORDER + '(c|d)*']],
  // ... but for signs that mean themselves
  [String.raw`(?:a@b\.com)+`, ['(?:a@b.com)+']],
  ['(?i:a|b)c', ['ac', 'bc']],
  ['(?i)(?P<n>a)(?<m>b)', ['ab']],
  [String.raw`(a\x40|[.])+`, ['(a@|.)+']],
  [String.raw`\Qa.b\E?\\Qc`, ['a.b\\Qc', 'a.\\Qc']],
  [String.raw`a\056b[\x2e\0]\101`, ['a.b.A', 'a.b\0A']],
  [
    '[[:digit:]a]\u{1F600}?[\u{1F600}-\u{1F601}]',
    ['\u{1F600}\u{1F600}', '\u{1F600}\u{1F601}', '\u{1F600}', '\u{1F601}'].map((end) => `[[:digit:]a]${end}`),
  ],
  [String.raw`a{1}@b\.c{2}`, ['a@b.cc']],
  ['(a|b){0,2}', ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb']],
  ['a{2,}b{9}', ['a{2,}b{9}']],
  [String.raw`a\x40b\x{2e}c\x{1F600}`, ['a@b.c\u{1F600}']],
  ['[a', ['[a']],
  ['a(b', ['a(b']],
])('%s', (regex, plain) => {
  expect(spellingsOf(regex).ways.map((way) => way.plain)).toEqual(plain)
})

test('of too many ways there are some, in which every option has its turn', () => {
  const { ways, all } = spellingsOf(`${'(a|b)'.repeat(200)}[.](c|d)`)
  expect(all).toBe(false)
  expect(ways.length).toBeLessThan(MOST_SPELLINGS)
  expect(new Set(ways.map((way) => way.plain.slice(-2)))).toEqual(new Set(['.c', '.d']))
})

test('alternatives are all written out, however many', () => {
  const words = Array.from({ length: 3 * MOST_SPELLINGS }, (_, i) => `host${i}`)
  const { ways, all } = spellingsOf(`(${words.join('|')})x`)
  expect(all).toBe(true)
  expect(ways.map((way) => way.plain)).toEqual(words.map((word) => `${word}x`))
})

// each would take minutes, were it looked for from every sign to the end, or every way written to the end
test.each([
  ['classes that nobody closes', '['.repeat(200_000)],
  ['classes closed by escaped signs only', '[\\]'.repeat(100_000)],
  ['many words and a long end', `(${'a|b'.repeat(2000)})${'a'.repeat(200_000)}`],
  ['many ways and a long end', `${'[0-9]'.repeat(4)}${'a'.repeat(200_000)}`],
])('long text is read once: %s', (_, regex) => {
  expect(spellingsOf(regex).ways.length).toBeGreaterThan(0)
})

test('groups in groups without end are not followed', () => {
  const deep = '('.repeat(20_000)
  expect(spellingsOf(deep)).toEqual({ ways: [{ plain: deep, regex: deep }], all: true })
})

test('together the ways match what the expression matched', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '[ab]',
    '(a|b)',
    '(?:a|ba)?',
    String.raw`\.`,
    '.',
    'a+',
    '[^a]',
    '(b|)',
    '(a|b){1,2}',
    'b{2}',
    String.raw`\x61`,
    String.raw`(?i:A|\Bb)`,
    '^',
    '$',
  )
  const regex = fc.array(atom, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
  const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }).map((chars) => chars.join(''))
  fc.assert(
    fc.property(fc.array(regex, { minLength: 1, maxLength: 2 }), text, (parts, value) => {
      const pattern = parts.join('|')
      const ways = spellingsOf(pattern).ways.map((way) => way.regex)
      const matches = (of: string) => new RegExp(`^(?:${of})$`, 's').test(value)
      expect(matches(ways.join('|'))).toBe(matches(pattern))
    }),
  )
})

test('flags hold where they held: the ways, and each by its pieces, match what the expression matched', () => {
  const atom = fc.constantFrom(
    'a',
    'B',
    '[ab]',
    '(?i)',
    '(?-i)',
    '(?s)',
    '(?i-s)',
    '(a(?i)b|A)',
    '(?:(?i)a|(?-i)b)?',
    '(?i:A(?-i)b|B)',
    '((?i)a){1,2}',
    '((?i)aB)+',
    '(?:(?i)a|b){0,9}',
    '.',
    String.raw`\.`,
  )
  const part = fc.array(atom, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
  const text = fc.array(fc.constantFrom('a', 'b', 'A', 'B', '.', '\n'), { maxLength: 5 }).map((chars) => chars.join(''))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), text, (parts, value) => {
      const pattern = parts.join('|')
      const { ways } = spellingsOf(pattern)
      const matches = (of: string) => anchoredRegex(of).matches(value)
      expect(matches(ways.map((way) => way.regex).join('|'))).toBe(matches(pattern))
      for (const way of ways) {
        const pieces = piecesOf(way)
        expect(pieces).toBeDefined()
        expect(matches((pieces ?? []).map(({ regex, flags }) => flagged(regex, flags)).join(''))).toBe(
          matches(way.regex),
        )
      }
    }),
    { numRuns: 300 },
  )
})

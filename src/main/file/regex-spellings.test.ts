// What an expression spells out, and that the spelled ways match what it matched.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MOST_SPELLINGS, spellingsOf } from './regex-spellings.ts'

test.each([
  ['abc', ['abc']],
  ['a|b', ['a', 'b']],
  ['x(a|b(c|d)?)y', ['xay', 'xbcy', 'xbdy', 'xby']],
  [String.raw`10\.0[.]0\.[12]`, ['10.0.0.1', '10.0.0.2']],
  ['[a-c-]', ['a', 'b', 'c', '-']],
  // what may repeat, or is any character, stays
  [String.raw`a+b*[^x][a-z]\d(c|d)*`, [String.raw`a+b*[^x][a-z]\d(c|d)*`]],
  // ... but for signs that mean themselves
  [String.raw`(?:a@b\.com)+`, ['(?:a@b.com)+']],
  ['(?i:a|b)', ['(?i:a|b)']],
  ['a(b', ['a(b']],
])('%s', (regex, plain) => {
  expect(spellingsOf(regex).map((way) => way.plain)).toEqual(plain)
})

test('too many ways are counted only until they are too many', () => {
  expect(spellingsOf('[0-9]'.repeat(200))).toHaveLength(MOST_SPELLINGS + 1)
})

test('groups in groups without end are not followed', () => {
  const deep = '('.repeat(20_000)
  expect(spellingsOf(deep)).toEqual([{ plain: deep, regex: deep }])
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
    '^',
    '$',
  )
  const regex = fc.array(atom, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
  const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }).map((chars) => chars.join(''))
  fc.assert(
    fc.property(fc.array(regex, { minLength: 1, maxLength: 2 }), text, (parts, value) => {
      const pattern = parts.join('|')
      const ways = spellingsOf(pattern).map((way) => way.regex)
      const matches = (of: string) => new RegExp(`^(?:${of})$`, 's').test(value)
      expect(matches(ways.join('|'))).toBe(matches(pattern))
    }),
  )
})

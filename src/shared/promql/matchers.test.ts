// Whether one selector lies within another.
import { expect, test } from 'vitest'
import { anchoredRegex, isWithin } from './matchers.ts'
import { parsePromQL } from './parse.ts'

const matchersOf = (selector: string) => {
  const expr = parsePromQL(selector)
  if (expr.kind !== 'selector') throw new Error('no selector')
  return expr.matchers
}

test.each([
  ['up', 'up', true],
  ['up{job="a"}', 'up', true],
  ['up', 'up{job="a"}', false],
  ['up{job="b"}', 'up{job="a"}', false],
  ['down', 'up', false],
  ['up{job="a"}', 'up{job=~"a|b"}', true],
  ['up{job="c"}', 'up{job=~"a|b"}', false],
  ['up{job=~"a|b"}', 'up{job=~"a|b"}', true],
  ['up{job="b"}', 'up{job!="a"}', true],
  ['up{job="a"}', 'up{job!="a"}', false],
  ['up{job=~"a"}', 'up{job!="b"}', false],
  // nothing is run that a file may have written: an expression is only known by its text
  ['up{job="aaa"}', 'up{job=~"(a+)+"}', false],
  ['up{job="a"}', '{__name__=~"up|down"}', true],
] as const)('%s within %s: %s', (narrow, wide, expected) => {
  expect(isWithin(matchersOf(narrow), matchersOf(wide))).toBe(expected)
})

test('a class of characters that nobody closes is refused at once', () => {
  expect(() => anchoredRegex(`[${'\\a'.repeat(200)}`)).toThrow(/Not a usable regular expression/)
  expect(anchoredRegex('[\\]a7]+[[:digit:]]').matches(']a7')).toBe(true)
})

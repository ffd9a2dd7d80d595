// What every match of a regex must contain: found where it is plain to see, never claimed where it is not so.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requiredTexts } from './match-sql.ts'

describe('texts that a regex requires', () => {
  it.each([
    ['status 5\\d', ['status 5']],
    ['(zebra|quagga)', ['zebra', 'quagga']],
    ['zebra|quagga', ['zebra', 'quagga']],
    ['z[aeiou]bra', ['bra']],
    ['^request 77\\d+ ', ['request 77']],
    ['pois.n m', ['pois']],
    ['(?:time)?out after', ['out after']],
    ['ab+cde', ['cde']],
    ['a{2}bc(ab|cd){1,2}', ['bc']],
    ['code\\.go:\\d+', ['code.go:']],
    ['[[:alpha:]]x]yz', ['yz']],
    ['[[:alpha:]x]yz', ['yz']],
    ['\\d{7}', undefined],
    ['(poison)*', undefined],
    ['poison|', undefined],
    ['poison|\\d', undefined],
    ['(?i)poison', undefined],
    ['(?P<name>poison)', ['poison']],
    ['\\x41bcdef', undefined],
    ['\\pLabcdef', undefined],
    ['\\Qa|b\\E', undefined],
    ['(ab', undefined],
    ['[ab', undefined],
  ])('%s', (source, wanted) => {
    expect(requiredTexts(source)).toEqual(wanted)
  })

  it('one of them is in every text that matches', () => {
    const atom = fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'ab', 'bc', 'abc', '.', '\\d', '[ab]', '[^a]', '\\.', '^', '$', ' '),
      fc.constantFrom('a?', 'b*', 'c+', 'a{2}', 'b{0,1}', 'c{1,}'),
    )
    const { regex } = fc.letrec<{ regex: string; group: string; row: string }>((tie) => ({
      regex: fc.array(tie('row'), { minLength: 1, maxLength: 3 }).map((rows) => rows.join('|')),
      row: fc
        .array(fc.oneof({ maxDepth: 2 }, atom, atom, tie('group')), { minLength: 1, maxLength: 5 })
        .map((atoms) => atoms.join('')),
      group: fc
        .tuple(tie('regex'), fc.constantFrom('', '', '?', '*', '+', '{2}'))
        .map(([inner, repeat]) => `(${inner})${repeat}`),
    }))
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', ' ', '.', 'abc', 'bc'), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(regex, text, (source, line) => {
        const texts = requiredTexts(source)
        if (texts !== undefined && new RegExp(source).test(line))
          expect([source, line, texts.some((wanted) => line.includes(wanted))]).toEqual([source, line, true])
      }),
      { numRuns: 3000 },
    )
  })
})

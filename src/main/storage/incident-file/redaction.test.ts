// What redaction finds in texts made by chance is what its patterns say, by either engine.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor, REDACTION_PATTERNS } from './redaction.ts'

const rules = REDACTION_PATTERNS.map(({ rule }) => rule)

test('matches are those of the patterns, each tried from every character', () => {
  const own = [{ name: 'number', pattern: String.raw`c-\w+` }]
  const piece = fc.constantFrom(
    ...['eyJ', 'aaaaaaaa', '.', '-', '_', '@', 'bob', 'shop', 'example', '%', ' ', '10.0.0.1', 'c-12', 'xoxb-', '1'],
    ...['bob@shop.example', 'eyJaaaaaaaa.aaaaaaaa.c', 'c-eyJ', '-eyJaaaaaaaa.aaaaaaaa.'],
    ...['password=', 'Bearer ', 'ghp_aaaaaaaaaaaaaaaaaaaa', '1716ce85-f980-4000-8000-1716ce85f980', '&', '+'],
  )
  const plain = new RegExp([...own, ...REDACTION_PATTERNS].map(({ pattern }) => `(?:${pattern})`).join('|'), 'gu')
  const both = createRedactor(rules, own, Buffer.alloc(32))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join('')
      expect(both.matches(text).map(({ before }) => before)).toEqual(text.match(plain) ?? [])
      const after = both.matches(text).map((match) => match.after)
      expect(both.text(text)).toBe(text.replace(plain, () => after.shift() ?? 'one more'))
    }),
    { numRuns: 3000 },
  )
})

test.each([
  'Bearer\u00a0abcdefghijkl',
  'token=abcd\u00a0efgh',
  'pa\u017f\u017fword=hunter22',
  'to\u212aen=hunter22',
  'token=\u{1f600}\u{1f600}\u{1f600}',
  'Bearer\vabcdefghijkl',
])('a long text is redacted as a short one: %j', (text) => {
  const redactor = createRedactor(rules, [], Buffer.alloc(32))
  const long = `${text} ${'x '.repeat(1000)}`
  expect(redactor.text(long).slice(0, -2001)).toBe(redactor.text(text))
})

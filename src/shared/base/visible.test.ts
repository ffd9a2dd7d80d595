// What hides is written out, what only joins is left alone.
import { expect, test } from 'vitest'
import { visible } from './visible.ts'

test('overrides, zero-width signs, controls and tags are written out', () => {
  expect(
    [
      'paid\u202E001',
      'ad\u200Bmin',
      'a\u200Db',
      'a\u200C\u200Cb',
      '\u001B[2J',
      'x\u{E0041}\u{E0042}',
      'a\uFE0F',
      'a\tb\r\n',
    ].map(visible),
  ).toEqual([
    'paid⟨U+202E⟩001',
    'ad⟨U+200B⟩min',
    'a⟨U+200D⟩b',
    'a⟨U+200C⟩⟨U+200C⟩b',
    '⟨U+001B⟩[2J',
    'x⟨U+E0041⟩⟨U+E0042⟩',
    'a⟨U+FE0F⟩',
    'a\tb\r\n',
  ])
  // an emoji hides nothing, and neither lets anything be hidden behind it
  expect(visible('👩\u200D\u202E💻')).toBe('👩⟨U+200D⟩⟨U+202E⟩💻')
  expect(visible('ا\u200Cadmin')).toBe('ا⟨U+200C⟩admin')
})

test('joined emoji, flags, Persian and Indic words stay as they are written', () => {
  for (const text of [
    '👩🏽\u200D💻 👨\u200D👩\u200D👧 🏳\uFE0F\u200D🌈 ❤\uFE0F 1\uFE0F⃣',
    '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    'می\u200Cخواهم',
    'क्\u200Dष र्\u200Dय',
    '葛\uFE00城',
    'ක්\u200Dෂ',
  ])
    expect(visible(text)).toBe(text)
})

// Text of others with nothing hidden in it.

/**
 * Signs that are not seen and change what is: controls (tab and line breaks are none), directions, joiners, fillers, variants,
 * tags. Built from text because a literal may hold no control characters.
 */
export const HIDDEN_SIGNS =
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e01ef}'

const HIDDEN = new RegExp(`[${HIDDEN_SIGNS}]`, 'gu')

/** Scripts that are not written right without joiners: Persian, Arabic, those of India and its neighbours. */
const JOINED = `(?:${[
  'Arabic',
  'Syriac',
  'Nko',
  'Mongolian',
  'Adlam',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('|')})`
const JOINED_BEFORE = new RegExp(`${JOINED}\\p{M}*$`, 'u')
const JOINED_AFTER = new RegExp(`^${JOINED}`, 'u')
const EMOJI_BEFORE = /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?$/u
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u
const VARIED_BEFORE = /(?:\p{Emoji}|\p{Script=Han})$/u
const MONGOLIAN_BEFORE = /\p{Script=Mongolian}$/u
/** England, Scotland, Wales: a black flag, a few letters as tags, the tag that ends them */
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]{0,6}$/u

/** The most that is looked at before a sign: a flag with its tags. */
const BEFORE = 16

/** True where the sign is part of how a word or an emoji is written, such as the joiner of a family or of Persian. */
export function belongs(text: string, at: number, sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0
  const before = text.slice(Math.max(0, at - BEFORE), at)
  const after = text.slice(at + sign.length, at + sign.length + 2)
  if (code === 0x200d && EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after)) return true
  if (code === 0x200c || code === 0x200d) return JOINED_BEFORE.test(before) && JOINED_AFTER.test(after)
  if (code >= 0xfe00 && code <= 0xfe0f) return VARIED_BEFORE.test(before)
  if (code >= 0x180b && code <= 0x180e) return MONGOLIAN_BEFORE.test(before)
  if (code >= 0xe0061 && code <= 0xe007f) return FLAG.test(before)
  return false
}

/** Control characters, bidirectional overrides and zero-width characters as their code points: nothing may hide in a report or a chat. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (sign, at: number) =>
    belongs(text, at, sign)
      ? sign
      : `\u{27e8}U+${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}\u{27e9}`,
  )
}

// Text of others with nothing hidden in it.

/** Control characters, bidirectional overrides and zero-width characters as their code points: nothing may hide in a report or a chat. */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (c) => `\u{27e8}U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}\u{27e9}`,
  )
}

const HIDDEN = new RegExp(
  `[${[
    [0x00, 0x08],
    [0x0b, 0x0c],
    [0x0e, 0x1f],
    [0x7f, 0x9f],
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x2064],
    [0x2066, 0x2069],
    [0xfeff, 0xfeff],
  ]
    .map(
      ([from, to]) =>
        `\\u${(from as number).toString(16).padStart(4, '0')}-\\u${(to as number).toString(16).padStart(4, '0')}`,
    )
    .join('')}]`,
  'g',
)

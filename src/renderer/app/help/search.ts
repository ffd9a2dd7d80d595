// Search in the help: every word somewhere in a block or its heading; where nothing has all of them, what has the most. Chinese is
// cut into its words, and what only asks (`how`, 怎么) is no word to look for.

import type { Section } from './guide.ts'

const ASKING: ReadonlySet<string> = new Set(
  'a an and are can do does for from how i in is it my of on or the to what where which with 的 了 在 是 我 吗 呢 什么 把 和 与 怎么 怎样 如何 哪里 可以 能 有'.split(
    ' ',
  ),
)

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

/** `如何保存事故文件` asks for 保存, 事故, 文件. */
export function wordsOf(query: string): string[] {
  const words: string[] = []
  for (const token of plain(query).split(/\s+/))
    if (!/\p{Script=Han}/u.test(token)) words.push(token)
    else for (const part of segmenter.segment(token)) if (part.isWordLike) words.push(part.segment)
  const all = words.map((word) => word.replace(/^[?？!.,，。]+|[?？!.,，。]+$/g, '')).filter((word) => word !== '')
  const asked = all.filter((word) => !ASKING.has(word))
  return [...new Set(asked.length > 0 ? asked : all)]
}

/** A word of a text, or its singular: `pins` finds `pin`. */
const holds = (text: string, word: string): boolean =>
  text.includes(word) || (/^[a-z]{3,}s$/.test(word) && text.includes(word.slice(0, -1)))

export interface Found {
  readonly section: Section
  readonly blocks: readonly string[]
}

/** What is looked through, without the signs of Markdown: a word in bold is a word. */
const readable = (block: string): string => plain(block.replace(/[*`]|\]\([^)]*\)/g, ''))

export function findIn(sections: readonly Section[], query: string): { found: Found[]; whole: boolean } {
  const words = wordsOf(query)
  if (words.length === 0) return { found: [], whole: true }
  const scored = sections.flatMap((section) => {
    const title = plain(section.title)
    return section.blocks.map((block) => {
      const text = readable(block)
      const own = words.filter((word) => holds(text, word)).length
      const all = words.filter((word) => holds(text, word) || holds(title, word)).length
      return { section, block, own, all }
    })
  })
  const most = Math.max(0, ...scored.map(({ all }) => all))
  // a block with some of many words by chance answers nothing
  if (most === 0 || most * 2 < words.length) return { found: [], whole: true }
  const hits = scored.filter(({ all, own }) => all === most && (own > 0 || words.length === all))
  const bySection = new Map<Section, string[]>()
  for (const { section, block } of hits) bySection.set(section, [...(bySection.get(section) ?? []), block])
  const found = [...bySection].map(([section, blocks]) => ({ section, blocks }))
  // a section that is called so first
  const named = ({ section }: Found): number => words.filter((word) => holds(plain(section.title), word)).length
  found.sort((a, b) => named(b) - named(a))
  return { found, whole: most === words.length }
}

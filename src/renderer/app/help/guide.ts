// The guide as the help page shows it: docs/using*.md cut into sections and blocks. A section has the same address in both
// languages, made from its English heading; guide.test.ts holds the two guides to the same sections.

export interface Section {
  /** the word of its address: `#/help/bring-files` */
  readonly id: string
  readonly title: string
  /** paragraphs, list items, tables and code, in order, each as Markdown */
  readonly blocks: readonly string[]
}

export interface Guide {
  /** what stands before the first section, without the heading and the link to the other language */
  readonly lead: string
  readonly sections: readonly Section[]
}

export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

const HAN = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u

/** Two lines of one paragraph as one: a space between words, none between Chinese characters. */
function joined(line: string, next: string): string {
  const more = next.trim()
  return HAN.test(line.at(-1) ?? '') || HAN.test(more[0] ?? '') ? line + more : `${line} ${more}`
}

const STARTS = /^(?:\s*(?:[-*]|\d+\.)\s|#|>|\||\s*$)/

/** Blocks of a text: what belongs together is one, whatever the width of the file. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = []
  let open = false
  let code: string[] | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      if (code) {
        blocks.push([...code, line].join('\n'))
        code = undefined
      } else code = [line]
      open = false
    } else if (code) code.push(line)
    else if (line.trim() === '') open = false
    else if (line.startsWith('|') && blocks.at(-1)?.startsWith('|') && open) blocks.push(`${blocks.pop()}\n${line}`)
    else if (open && !STARTS.test(line) && !blocks.at(-1)?.startsWith('|'))
      blocks.push(joined(blocks.pop() ?? '', line))
    else {
      blocks.push(line)
      open = true
    }
  }
  return blocks
}

/** What a link to another document of the help leads to; undefined for a file that is not part of it. */
export type LinkOf = (name: string, part: string | undefined) => { title: string; href: string } | undefined

/** Links between documents lead to the help's own pages; those to other files become plain text. */
export const withOwnLinks = (text: string, linkOf: LinkOf): string =>
  text.replace(/\[([^\]]*)\]\(([\w./-]+)\.md(?:#([\w-]+))?\)/g, (_, label: string, file: string, part?: string) => {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const link = linkOf(name, part)
    // the name of a file says little on a page
    const shown = label === `${name}.md` ? (link?.title ?? name) : label
    return link ? `[${shown}](${link.href})` : shown
  })

/** `english`: the same guide in English, whose headings give the addresses. */
export function parseGuide(text: string, english: string = text): Guide {
  const parts = text.split(/^## /m)
  const ids = english.split(/^## /m).map((part) => slugOf(part.slice(0, part.indexOf('\n'))))
  const [head = '', ...rest] = parts
  return {
    lead: blocksOf(head)
      .filter((block) => !block.startsWith('#') && !/^(?:中文|English)[:：]/.test(block))
      .join('\n\n'),
    sections: rest.map((part, i) => {
      const title = part.slice(0, part.indexOf('\n')).replaceAll('`', '').trim()
      return { id: ids[i + 1] ?? slugOf(title), title, blocks: blocksOf(part.slice(part.indexOf('\n'))) }
    }),
  }
}

/** As one text again, with what Markdown needs between its blocks. */
export function textOf(blocks: readonly string[]): string {
  let text = ''
  blocks.forEach((block, i) => {
    const item = /^\s*(?:[-*]|\d+\.)\s/
    const tight = item.test(block) && item.test(blocks[i - 1] ?? '')
    text += `${i === 0 ? '' : tight ? '\n' : '\n\n'}${block}`
  })
  return text
}

/** The steps of the tour: the numbered list of the section `First steps`. */
export const stepsOf = (sections: readonly Section[]): string[] =>
  (sections.find(({ id }) => id === 'first-steps')?.blocks ?? []).flatMap(
    (block) => /^\d+\. (.*)$/s.exec(block)?.[1] ?? [],
  )

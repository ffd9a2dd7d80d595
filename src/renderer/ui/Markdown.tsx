// Notes as people write them. Raw HTML stays text, links go only to http(s), mail and views of this program, images are
// left out: a note from somebody else's file must not fetch anything.

import MarkdownIt from 'markdown-it'
import { useLayoutEffect, useRef } from 'react'
import { visible } from '../../shared/base/visible.ts'
import { cx } from '../lib/cx.ts'
import styles from './Markdown.module.css'

const SAFE = /^(?:https?:\/\/|mailto:|#\/)/i

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true })
markdown.validateLink = (url) => SAFE.test(url.trim())
markdown.disable('image')
markdown.renderer.rules['link_open'] = (tokens, index, options, _env, self) => {
  const token = tokens[index]
  if (token && !String(token.attrGet('href') ?? '').startsWith('#/')) {
    token.attrSet('rel', 'noopener noreferrer')
    token.attrSet('target', '_blank')
  }
  return self.renderToken(tokens, index, options)
}

/** The HTML of a note, safe to put into the page. */
export const renderMarkdown = (text: string): string => markdown.render(visible(text))

/** Wraps each occurrence of a word in a mark, whatever elements it stands in. */
function markWords(root: Element, words: readonly string[]): void {
  const pattern = new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'gi')
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode)
  for (const node of texts) {
    const found = [...node.data.matchAll(pattern)]
    for (const match of found.reverse()) {
      const word = node.splitText(match.index)
      word.splitText(match[0].length)
      const mark = document.createElement('mark')
      word.replaceWith(mark)
      mark.append(word)
    }
  }
}

/** `marks`: words to point out. */
export function Markdown({
  text,
  className,
  marks,
}: {
  text: string
  className?: string | undefined
  marks?: readonly string[]
}) {
  const root = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const parsed = new DOMParser().parseFromString(renderMarkdown(text), 'text/html')
    if (marks?.length) markWords(parsed.body, marks)
    root.current?.replaceChildren(...parsed.body.childNodes)
  }, [text, marks])
  return <div ref={root} className={cx(styles['markdown'], className)} />
}

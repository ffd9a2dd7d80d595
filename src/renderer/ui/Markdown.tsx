// Notes as people write them. Raw HTML stays text, links go only to http(s), mail and views of this program, images are
// left out: a note from somebody else's file must not fetch anything.

import MarkdownIt from 'markdown-it'
import { useLayoutEffect, useRef } from 'react'
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
export const renderMarkdown = (text: string): string => markdown.render(text)

export function Markdown({ text, className }: { text: string; className?: string }) {
  const root = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const parsed = new DOMParser().parseFromString(renderMarkdown(text), 'text/html')
    root.current?.replaceChildren(...parsed.body.childNodes)
  }, [text])
  return <div ref={root} className={cx(styles['markdown'], className)} />
}

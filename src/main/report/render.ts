// The two formats of the report. Whatever came from telemetry is text: escaped in HTML, defused in Markdown.

import MarkdownIt from 'markdown-it'
import { visible } from '../../shared/base/visible.ts'
import type { Block } from './blocks.ts'
import type { Composed } from './compose.ts'
import type { Language } from './words.ts'

export function renderMarkdown({ blocks }: Composed): string {
  return `${blocks.map(markdownBlock).join('\n\n')}\n`
}

// only a fence at the outermost level: what ends one in a list is told differently by every program
const FENCES = new MarkdownIt({ html: false })

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}`
    case 'line':
      return block.tone === 'warning'
        ? `> **!** ${inline(block.text)}`
        : block.tone === 'note'
          ? `*${inline(block.text)}*`
          : inline(block.text)
    case 'facts':
      return block.facts.map(([label, value]) => `- **${inline(label)}**: ${inline(value)}`).join('\n')
    case 'table': {
      const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`
      return [
        line(block.columns),
        `|${block.numeric.map((n) => (n ? '---:' : '---')).join('|')}|`,
        ...block.rows.map(line),
      ].join('\n')
    }
    case 'code': {
      const longest = Math.max(2, ...Array.from(block.text.matchAll(/`+/g), ([ticks]) => ticks.length))
      const fence = '`'.repeat(longest + 1)
      return `${fence}${block.language}\n${visible(block.text)}\n${fence}`
    }
    case 'markdown':
      return withoutHtml(visible(block.text))
    case 'picture':
      return `![${inline(block.alt)}](data:image/svg+xml;base64,${Buffer.from(block.svg).toString('base64')})`
  }
}

/** Notes keep their markup, and HTML in them stays text: whoever shows the report may run what it finds. Fences are not touched. */
function withoutHtml(text: string): string {
  const fenced = FENCES.parse(text, {}).flatMap(({ type, level, map }) =>
    type === 'fence' && level === 0 && map ? [map] : [],
  )
  return text
    .split('\n')
    .map((line, i) =>
      fenced.some(([from, to]) => i >= from && i < to) ? line : line.replace(/<(?=[a-z/!?])/gi, '&lt;'),
    )
    .join('\n')
}

/** One line of literal text: what Markdown would read as markup is escaped, control characters are made visible. */
function inline(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~!]/g, (c) => `\\${c}`)
}

export function renderHtml({ title, blocks }: Composed, language: Language): string {
  // an image of a note would call out to the network from wherever the report is read: it becomes a link
  const markdown = new MarkdownIt({ html: false, linkify: false }).disable('image')
  const body = blocks.map((block) => htmlBlock(block, markdown)).join('\n')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

function htmlBlock(block: Block, markdown: { render(text: string): string }): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`
    case 'line':
      return `<p${block.tone === undefined ? '' : ` class="${block.tone}"`}>${block.tone === 'warning' ? '⚠ ' : ''}${escapeHtml(block.text)}</p>`
    case 'facts':
      return `<dl>${block.facts.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`
    case 'table': {
      const cells = (tag: 'td' | 'th', row: readonly string[]) =>
        `<tr>${row.map((text, i) => `<${tag}${block.numeric[i] ? ' class="n"' : A_TIME.test(text) ? ' class="t"' : ''}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`
      return `<div class="table"><table><thead>${cells('th', block.columns)}</thead><tbody>${block.rows.map((r) => cells('td', r)).join('')}</tbody></table></div>`
    }
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`
    case 'markdown':
      return `<div class="markdown">${markdown.render(visible(block.text))}</div>`
    case 'picture':
      return `<img alt="${escapeHtml(block.alt)}" src="data:image/svg+xml;base64,${Buffer.from(block.svg).toString('base64')}">`
  }
}

/** a date and a clock that belong on one line */
const A_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light; font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1d2127; background: #fff }
main { max-width: 960px; margin: 32px auto; padding: 0 20px }
h1 { font-size: 24px; margin: 0 0 12px } h2 { font-size: 17px; margin: 32px 0 8px; border-bottom: 1px solid #d9dce1; padding-bottom: 4px } h3 { font-size: 14px; margin: 24px 0 4px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 } dt { color: #5a626e } dd { margin: 0 }
.note { color: #5a626e; font-size: 12px; margin: 4px 0 } .warning { color: #8a4b00; margin: 4px 0 }
.table { overflow-x: auto } table { border-collapse: collapse; font-size: 12px; width: 100% }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid #eceef1; vertical-align: top; overflow-wrap: break-word } .t { white-space: nowrap } th { color: #5a626e; font-weight: 600 } .n { text-align: right; font-variant-numeric: tabular-nums } td.n { white-space: nowrap }
pre { background: #f5f6f8; padding: 8px 10px; font: 11px/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
img { width: 100%; max-width: 920px; display: block; margin: 8px 0 }
@media print { main { margin: 0; max-width: none } pre, img, tr { break-inside: avoid } }
`

// A line of Markdown as words alone: for a title, a cell of a table, a chat.

/** Enough for a title; marks without an end are looked for no further. */
const MOST_CHARS = 500

export const plainLine = (markdown: string): string =>
  markdown
    .slice(0, MOST_CHARS)
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+/, '')
    .replace(/!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/`([^`]+)`/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.*?\S)\1/g, '$2')
    .replace(/(^|[^\w*])\*(?=\S)([^*]*\S)\*(?![\w*])/g, '$1$2')

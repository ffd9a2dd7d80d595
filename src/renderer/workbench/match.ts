// How well a label answers what was typed: word starts count most, then a substring, then letters in order.

/** 0 = not at all; everything matches nothing typed. */
export function matchScore(label: string, typed: string): number {
  const query = typed.trim().toLowerCase()
  if (query === '') return 1
  const text = label.toLowerCase()
  const found = text.indexOf(query)
  if (found === 0) return 1000 - text.length / 100
  if (found > 0) return (/[\s\-_.:/]/.test(text[found - 1] ?? '') ? 800 : 600) - text.length / 100
  const words = query.split(/\s+/)
  if (words.length > 1 && words.every((w) => text.includes(w))) return 500
  let at = 0
  let gaps = 0
  for (const c of query) {
    if (c === ' ') continue
    const next = text.indexOf(c, at)
    if (next < 0) return 0
    gaps += next - at
    at = next + 1
  }
  // letters strewn over a long label are chance, not a match
  return gaps > query.length * 3 ? 0 : 100 - gaps
}

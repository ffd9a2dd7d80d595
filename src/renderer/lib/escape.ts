// Escape closes what was opened last: a stack that drawers, brushes and panels join while they are open.

const stack: Array<() => void> = []

/** Joins the top of the stack; the answer leaves it. */
export function onEscape(close: () => void): () => void {
  const entry = (): void => close()
  stack.push(entry)
  return () => {
    const at = stack.indexOf(entry)
    if (at >= 0) stack.splice(at, 1)
  }
}

/** Closes the topmost; false when nothing is open. */
export function escapeTop(): boolean {
  const top = stack.at(-1)
  if (!top) return false
  top()
  return true
}

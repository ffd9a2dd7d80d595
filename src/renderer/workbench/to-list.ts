// j, k and the arrows where nothing has the focus: they go to the first list of the view, and the press is a step in it. By
// Tab alone the lines of a log are fifty presses behind the query.

const STEPS: ReadonlySet<string> = new Set(['j', 'k', 'ArrowDown', 'ArrowUp'])
const LISTS = '[role="grid"],[role="treegrid"],[role="listbox"]'

/** @returns whether the press was taken */
export function stepIntoList(event: KeyboardEvent): boolean {
  if (!STEPS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false
  const focused = document.activeElement
  const content = document.getElementById('content')
  if (focused !== null && focused !== document.body && focused !== content) return false
  if (document.querySelector('[role="dialog"]') !== null) return false
  const list = [...(content?.querySelectorAll<HTMLElement>(LISTS) ?? [])].find(
    (each) => each.tabIndex >= 0 && each.getClientRects().length > 0,
  )
  if (!list) return false
  list.focus()
  list.dispatchEvent(
    new KeyboardEvent('keydown', { key: event.key, code: event.code, bubbles: true, cancelable: true }),
  )
  return true
}

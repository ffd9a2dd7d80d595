// Whether an element is on screen: what is scrolled out of sight need not follow the pointer.

const told = new WeakMap<Element, Set<(inSight: boolean) => void>>()
let observer: IntersectionObserver | undefined

/** Told when the element comes into sight and goes out of it; it counts as in sight until the first word. Answers with the way to stop. */
export function watchSight(element: Element, tell: (inSight: boolean) => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      for (const listener of told.get(target) ?? []) listener(isIntersecting)
  })
  const listeners = told.get(element) ?? new Set()
  told.set(element, listeners.add(tell))
  // an element that is watched already is not told of again: its first word is asked for anew
  observer.unobserve(element)
  observer.observe(element)
  return () => {
    listeners.delete(tell)
    if (listeners.size === 0) observer?.unobserve(element)
  }
}

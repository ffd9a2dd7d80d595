// Painting into elements that are kept: what is there already is not written again, because the browser would lay it out
// again.

import { visible } from '../../shared/base/visible.ts'

/** An element without React. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string | undefined,
  ...children: Array<Node | string>
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (className !== undefined && className !== '') element.className = className
  element.append(...children.map((child) => (typeof child === 'string' ? visible(child) : child)))
  return element
}

/** The element shows this text and nothing else; what would hide in it is written out. */
export function writeText(element: Element, said: string): void {
  const text = visible(said)
  const only = element.firstChild
  if (only instanceof Text && only === element.lastChild) {
    if (only.data !== text) only.data = text
  } else element.textContent = text
}

export function writeAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name)
  } else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

export function writeClass(element: HTMLElement, className: string): void {
  if (element.className !== className) element.className = className
}

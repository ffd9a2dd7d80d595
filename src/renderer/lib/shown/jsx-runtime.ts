// React's own elements, but text in them has nothing hidden (directions, zero-width signs, controls): whatever people, files
// and backends wrote reaches the page through here, wherever it stands. The values themselves (copied, compared, sent back,
// in fields to type in) are what they were. The build takes it in place of React's runtime (electron.vite.config.ts).

import { type ElementType, Fragment, type Key, type ReactElement } from 'react'
import { jsx as reactJsx, jsxs as reactJsxs } from 'react/jsx-runtime'
import { visible } from '../../../shared/base/visible.ts'

type Props = Readonly<Record<string, unknown>>

/** Attributes that are read or heard, besides `aria-*`. */
const READ = new Set(['title', 'alt', 'placeholder'])

/** The same props where nothing in them hides, which is nearly always. */
export function shownProps(type: unknown, props: Props): Props {
  let changed: Record<string, unknown> | undefined
  for (const name in props) {
    const value = props[name]
    const isText = name === 'children' || name.startsWith('aria-') || (typeof type === 'string' && READ.has(name))
    if (!isText) continue
    const shown = typeof value === 'string' ? visible(value) : Array.isArray(value) ? shownAll(value) : value
    if (shown !== value) (changed ??= { ...props })[name] = shown
  }
  return changed ?? props
}

function shownAll(children: readonly unknown[]): readonly unknown[] {
  const shown = children.map((child) => (typeof child === 'string' ? visible(child) : child))
  return shown.some((child, i) => child !== children[i]) ? shown : children
}

export { Fragment }
export const jsx = (type: ElementType, props: Props, key?: Key): ReactElement =>
  reactJsx(type, shownProps(type, props), key)
export const jsxs = (type: ElementType, props: Props, key?: Key): ReactElement =>
  reactJsxs(type, shownProps(type, props), key)

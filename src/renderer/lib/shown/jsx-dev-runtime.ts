// The same for a build that is not for production.
import type { ElementType, Key, ReactElement } from 'react'
import { Fragment, jsx } from './jsx-runtime.ts'

export { Fragment }
export const jsxDEV = (type: ElementType, props: Readonly<Record<string, unknown>>, key?: Key): ReactElement =>
  jsx(type, props, key)

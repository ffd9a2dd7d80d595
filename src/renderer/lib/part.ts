// Parts of the page that are loaded when they are first shown. One that could not be loaded fails as `PartNotLoaded`, and is
// asked for again after `forgetFailedParts` (React itself keeps a failed one for good).

import { type ComponentType, createElement, lazy } from 'react'
import { busyWhile } from './idle.ts'

/** The code of a part did not arrive: the program was replaced, or nobody answers. */
export class PartNotLoaded extends Error {
  override readonly name = 'PartNotLoaded'
}

type Load<P> = () => Promise<{ default: ComponentType<P> }>

const made = new Map<() => unknown, ComponentType<object>>()
const failed = new Set<() => void>()

export function forgetFailedParts(): void {
  for (const forget of failed) forget()
  failed.clear()
}

/** The component of a loader, the same one each time. Every place that shows it is in a `Suspense`. */
export function part<P extends object>(load: Load<P>): ComponentType<P> {
  const known = made.get(load) as ComponentType<P> | undefined
  if (known) return known
  let loaded: ComponentType<P> | undefined
  const loadOrTell = async (): Promise<{ default: ComponentType<P> }> => {
    try {
      return await load()
    } catch (error) {
      failed.add(() => {
        loaded = undefined
      })
      throw new PartNotLoaded(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
  const show = (props: P) => {
    loaded ??= lazy(busyWhile(loadOrTell)) as ComponentType<P>
    return createElement(loaded, props)
  }
  made.set(load, show as ComponentType<object>)
  return show
}

// Parts of the page that are loaded when they are first shown. One that could not be loaded fails as `PartNotLoaded`, and is
// asked for again after `forgetFailedParts` (React itself keeps a failed one for good).

import { type ComponentType, createElement, lazy, useEffect, useReducer } from 'react'
import { busyWhile } from './idle.ts'

/** The code of a part did not arrive: the program was replaced, or nobody answers. */
export class PartNotLoaded extends Error {
  override readonly name = 'PartNotLoaded'
}

type Load<P> = () => Promise<{ default: ComponentType<P> }>

interface Part {
  component?: ComponentType<object>
  missing?: PartNotLoaded
  coming?: Promise<void>
}
const parts = new Map<() => unknown, Part>()

const partOf = (load: () => unknown): Part => {
  const known = parts.get(load) ?? {}
  parts.set(load, known)
  return known
}

function fetchPart<P>(load: Load<P>): Promise<void> {
  const found = partOf(load)
  found.coming ??= busyWhile(load)()
    .then(
      ({ default: component }) => {
        found.component = component as ComponentType<object>
      },
      (error: unknown) => {
        found.missing = notLoaded(error)
      },
    )
    .finally(() => {
      delete found.coming
    })
  return found.coming
}

const notLoaded = (error: unknown): PartNotLoaded =>
  new PartNotLoaded(error instanceof Error ? error.message : String(error), { cause: error })

/** The component of a loader once its code is here, undefined until then: for views and panels. React shows what a `Suspense` waited
 *  for at the earliest 300 ms after it showed that it waits; this is on screen as soon as it has come. @throws PartNotLoaded */
export function usePart<P extends object>(load: Load<P>): ComponentType<P> | undefined {
  const [, look] = useReducer((times: number) => times + 1, 0)
  const { component, missing } = partOf(load)
  if (missing) throw missing
  useEffect(() => {
    if (component) return
    let here = true
    void fetchPart(load).then(() => {
      if (here) look()
    })
    return () => {
      here = false
    }
  }, [load, component])
  return component as ComponentType<P> | undefined
}

const made = new Map<() => unknown, ComponentType<object>>()
const failed = new Set<() => void>()

export function forgetFailedParts(): void {
  for (const forget of failed) forget()
  failed.clear()
  for (const each of parts.values()) delete each.missing
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
      throw notLoaded(error)
    }
  }
  const show = (props: P) => {
    loaded ??= lazy(busyWhile(loadOrTell)) as ComponentType<P>
    return createElement(loaded, props)
  }
  made.set(load, show as ComponentType<object>)
  return show
}

// What features bring: views with a place in the rail, panels that other views ask for by name, commands.
// A feature never imports another; it asks here.

import type { ComponentType } from 'react'
import { create } from 'zustand'
import type { MessageKey } from '../i18n/index.ts'
import type { IconName } from '../ui/Icon.tsx'
import type { Command } from './commands.ts'
import type { PanelName, PanelProps } from './panels.ts'

type Lazy<P> = () => Promise<{ default: ComponentType<P> }>

export interface View {
  /** first word of the address: '#/traces' */
  readonly id: string
  readonly title: MessageKey
  readonly icon: IconName
  /** the letter after `g` that opens it */
  readonly key?: string
  /** place in the rail, smaller first; absent = not in the rail */
  readonly order?: number
  /** the section of the help that speaks of it: `help: 'look'` */
  readonly help?: string
  readonly component: Lazy<Record<string, never>>
  /** false = the global range, sources and filters mean nothing here */
  readonly scoped?: boolean
  /** true = of use before there is any data to look at */
  readonly withoutData?: boolean
}

export type PanelRegistry = {
  readonly [N in PanelName]?: { readonly title: MessageKey; readonly component: Lazy<PanelProps[N]> }
}

export interface Feature {
  readonly id: string
  readonly views?: readonly View[]
  readonly panels?: PanelRegistry
  readonly commands?: readonly Command[]
}

interface Registry {
  readonly views: readonly View[]
  readonly panels: PanelRegistry
  readonly commands: readonly Command[]
}

export const useRegistry = create<Registry>()(() => ({ views: [], panels: {}, commands: [] }))

/** Once, at start-up. @throws when two features claim the same view, panel or command: a mistake of ours. */
export function registerFeatures(features: readonly Feature[]): void {
  const views = new Map<string, View>()
  const panels: Record<string, unknown> = {}
  const commands = new Map<string, Command>()
  for (const feature of features) {
    for (const view of feature.views ?? []) {
      if (views.has(view.id)) throw new Error(`two views are called ${view.id}`)
      views.set(view.id, view)
    }
    for (const [name, panel] of Object.entries(feature.panels ?? {})) {
      if (name in panels) throw new Error(`two panels are called ${name}`)
      panels[name] = panel
    }
    for (const command of feature.commands ?? []) {
      if (commands.has(command.id)) throw new Error(`two commands are called ${command.id}`)
      commands.set(command.id, command)
    }
  }
  const inOrder = [...views.values()].sort((a, b) => (a.order ?? 999) - (b.order ?? 999))
  useRegistry.setState({ views: inOrder, panels: panels as PanelRegistry, commands: [...commands.values()] })
}

// A panel of another feature, by name: <Panel name="logs.list" range={range} query="service:checkout" />.

import type { ComponentType } from 'react'
import { useT } from '../i18n/index.ts'
import { usePart } from '../lib/part.ts'
import { EmptyState, PendingView } from '../ui/State.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import type { PanelName, PanelProps } from './panels.ts'
import { useRegistry } from './registry.ts'

export function Panel<N extends PanelName>({ name, ...props }: { name: N } & PanelProps[N]) {
  const t = useT()
  const panel = useRegistry((r) => r.panels[name])
  if (!panel) return <EmptyState title={t('workbench.panel.absent', { name })} />
  return (
    <ErrorBoundary>
      <Loaded load={panel.component as Load} given={props} />
    </ErrorBoundary>
  )
}

type Load = () => Promise<{ default: ComponentType<object> }>

function Loaded({ load, given }: { load: Load; given: object }) {
  const Component = usePart(load)
  return Component ? <Component {...given} /> : <PendingView />
}

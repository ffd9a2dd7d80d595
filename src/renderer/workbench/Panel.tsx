// A panel of another feature, by name: <Panel name="logs.list" range={range} query="service:checkout" />.

import { type ComponentType, lazy, Suspense } from 'react'
import { useT } from '../i18n/index.ts'
import { busyWhile } from '../lib/idle.ts'
import { EmptyState, PendingView } from '../ui/State.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import type { PanelName, PanelProps } from './panels.ts'
import { useRegistry } from './registry.ts'

const loaded = new Map<() => unknown, ComponentType<object>>()

function lazyOnce<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let component = loaded.get(load) as ComponentType<P> | undefined
  if (!component) {
    component = lazy(busyWhile(load)) as ComponentType<P>
    loaded.set(load, component as ComponentType<object>)
  }
  return component
}

export function Panel<N extends PanelName>({ name, ...props }: { name: N } & PanelProps[N]) {
  const t = useT()
  const panel = useRegistry((r) => r.panels[name])
  if (!panel) return <EmptyState title={t('workbench.panel.absent', { name })} />
  const Component = lazyOnce(panel.component as () => Promise<{ default: ComponentType<object> }>)
  return (
    <ErrorBoundary>
      <Suspense fallback={<PendingView />}>
        <Component {...props} />
      </Suspense>
    </ErrorBoundary>
  )
}

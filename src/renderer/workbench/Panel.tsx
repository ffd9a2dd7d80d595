// A panel of another feature, by name: <Panel name="logs.list" range={range} query="service:checkout" />.

import { type ComponentType, Suspense } from 'react'
import { useT } from '../i18n/index.ts'
import { part } from '../lib/part.ts'
import { EmptyState, PendingView } from '../ui/State.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import type { PanelName, PanelProps } from './panels.ts'
import { useRegistry } from './registry.ts'

export function Panel<N extends PanelName>({ name, ...props }: { name: N } & PanelProps[N]) {
  const t = useT()
  const panel = useRegistry((r) => r.panels[name])
  if (!panel) return <EmptyState title={t('workbench.panel.absent', { name })} />
  const Component = part(panel.component as () => Promise<{ default: ComponentType<object> }>)
  return (
    <ErrorBoundary>
      <Suspense fallback={<PendingView />}>
        <Component {...props} />
      </Suspense>
    </ErrorBoundary>
  )
}

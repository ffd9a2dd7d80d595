// The panels that views may ask each other for, with what they must be given. A feature that offers one registers it
// under its name; a view shows it with <Panel name="logs.list" ... /> and never learns whose it is.

export interface PanelProps {
  /** Log lines of a scope, newest first, with the logs view's own list, volume and context. */
  'logs.list': { range: { from: string; to: string }; query?: string; sources?: string[]; compact?: boolean }
  /** Traces of a scope. `filter` is the input of traces.search without range, sources, limit. */
  'traces.list': {
    range: { from: string; to: string }
    filter?: Record<string, unknown>
    sources?: string[]
    compact?: boolean
  }
  /** One trace as a waterfall; `spanId` is scrolled to and selected. */
  'traces.detail': { traceId: string; spanId?: string; sources?: string[]; onClose?: () => void }
  /** One swim-lane of a PromQL query. */
  'metrics.lane': {
    query: string
    range: { from: string; to: string }
    sources?: string[]
    title?: string
    group?: string
    height?: number
    onOpen?: () => void
  }
  /** What changed in a range, ranked. */
  'services.changes': {
    range: { from: string; to: string }
    compareTo?: { from: string; to: string }
    service?: string
    sources?: string[]
    limit?: number
  }
  /** Kubernetes objects of a scope. */
  'clusters.objects': {
    range: { from: string; to: string }
    service?: string
    namespace?: string
    text?: string
    sources?: string[]
  }
  /** Alerts, changes and Kubernetes events of a scope. */
  'clusters.happenings': { range: { from: string; to: string }; service?: string; sources?: string[] }
}
export type PanelName = keyof PanelProps

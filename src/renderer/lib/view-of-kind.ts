// The view that shows most of what a live source of a kind has.

import type { LiveKind } from '../../shared/contract/source-spec.ts'

const VIEWS: Readonly<Partial<Record<string, string>>> = {
  jaeger: 'traces',
  zipkin: 'traces',
  alertmanager: 'alerts',
} satisfies Partial<Record<LiveKind, string>>

export const viewOfKind = (kind: string): string => VIEWS[kind] ?? 'metrics'

// "Save the whole table" and "save this trace": what can be written to a file, and the one that waits for its form. The
// form itself is TableFileDialog.tsx.

import { create } from 'zustand'
import type { MethodInput, MethodName, MethodOutput } from '../../shared/contract/index.ts'
import type { Frame } from '../../shared/frame/frame.ts'

/** Methods that answer with a table: the compiler keeps the list below whole. */
type TableMethod = { [M in MethodName]: MethodOutput<M> extends { table: Frame } ? M : never }[MethodName]

const TABLES: Record<TableMethod, true> = {
  'alerts.list': true,
  'alerts.marks': true,
  'clusters.objects': true,
  'clusters.happenings': true,
  'incidents.timeline': true,
  'logs.search': true,
  'logs.histogram': true,
  'logs.fields': true,
  'logs.context': true,
  'metrics.exemplars': true,
  'metrics.search': true,
  'metrics.rules': true,
  'metrics.targets': true,
  'metrics.server': true,
  'metrics.cardinality': true,
  'metrics.costly': true,
  'metrics.labels': true,
  'metrics.series': true,
  'services.overview': true,
  'services.sparklines': true,
  'services.changes': true,
  'services.measured': true,
  'traces.search': true,
  'traces.scatter': true,
  'traces.get': true,
  'traces.waterfall': true,
  'traces.flame': true,
  'traces.span': true,
  'traces.stats': true,
  'traces.differences': true,
  'traces.compare': true,
  'traces.compareGroups': true,
  'traces.groupDifferences': true,
  'traces.keys': true,
  'traces.values': true,
}

export interface TableToSave<M extends MethodName = MethodName> {
  readonly method: M
  readonly input: MethodInput<M>
  readonly title: string
}

export const canSaveTable = (method: MethodName): boolean => method in TABLES

export interface TraceToSave {
  readonly traceId: string
  readonly sources: readonly string[] | undefined
  readonly title: string
}

interface ToSave {
  readonly table: TableToSave | undefined
  readonly trace: TraceToSave | undefined
}
const NOTHING: ToSave = { table: undefined, trace: undefined }

export const useToSave = create<ToSave>()(() => NOTHING)
/** Opens the form that writes every page of the answer to a file. */
export const saveTable = (table: TableToSave): void => useToSave.setState({ ...NOTHING, table })
/** Opens the form that writes one trace in the shapes that other tools read. */
export const saveTrace = (trace: TraceToSave): void => useToSave.setState({ ...NOTHING, trace })
export const saveNothing = (): void => useToSave.setState(NOTHING)

/** `Traces` -> `traces-20261102-140501.csv`: readable, safe everywhere, new each time. */
export function tableFileName(title: string, format: string, now: Date): string {
  const name = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${name || 'table'}-${stamp}.${format}`
}

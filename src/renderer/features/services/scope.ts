// What the filters of the address mean for services: which names are in. Filters on anything else cannot narrow measures
// that are kept per service, and the view says so.

import type { Frame } from '../../../shared/frame/frame.ts'
import { gather } from '../../../shared/frame/gather.ts'
import { textOf } from '../../lib/engine/index.ts'
import { currentPlace, type Filter, linkTo, openTarget, type Target } from '../../workbench/index.ts'
import { withFilter } from '../../workbench/filters.ts'
import type { MenuItem } from '../../ui/index.ts'
import { t } from '../../i18n/index.ts'

export function serviceFilter(filters: readonly Filter[]): (service: string) => boolean {
  const own = filters.filter((f) => f.field === 'service')
  const wanted = own.filter((f) => !f.exclude)
  const out = own.filter((f) => f.exclude)
  return (service) =>
    (wanted.length === 0 || wanted.some((f) => f.value === '*' || f.value === service)) &&
    !out.some((f) => f.value === service)
}

/** Fields of filters that say nothing here. */
export const unusedFields = (filters: readonly Filter[]): string[] => [
  ...new Set(filters.filter((f) => f.field !== 'service').map((f) => f.field)),
]

export function rowsWhere(frame: Frame, keep: (row: number) => boolean): Frame {
  const rows = Array.from({ length: frame.rowCount }, (_, row) => row).filter(keep)
  return rows.length === frame.rowCount ? frame : gather(frame, Int32Array.from(rows))
}

export const rowsOfServices = (frame: Frame, wanted: (service: string) => boolean): Frame =>
  rowsWhere(frame, (row) => wanted(textOf(frame, 'service', row)))

const PIVOTS = [
  ['traces', 'services.toTraces', 'traces'],
  ['logs', 'services.toLogs', 'logs'],
  ['metrics', 'services.toMetrics', 'metrics'],
  ['clusters', 'services.toObjects', 'clusters'],
] as const

/** The other views, narrowed to one service, in the same range. */
export function pivotTargets(
  service: string,
): ReadonlyArray<Target & { label: string; href: string; icon: (typeof PIVOTS)[number][2] }> {
  const filters = withFilter(currentPlace().filters, { field: 'service', value: service, exclude: false })
  return PIVOTS.map(([view, key, icon]) => ({
    view,
    icon,
    filters,
    label: t(key),
    href: linkTo(view, {}, { filters }),
  }))
}

export const pivotItems = (service: string): MenuItem[] =>
  pivotTargets(service).map(({ view, filters, label, icon }) => ({
    id: view,
    icon,
    label,
    run: () => openTarget({ view, ...(filters ? { filters } : {}) }),
  }))

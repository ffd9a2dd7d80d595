// What can be done with a value on screen, the same everywhere: filter in or out, copy, pin its question, show the query.

import { type ReactNode, useCallback, useState } from 'react'
import type { MethodInput, MethodName } from '../../shared/contract/index.ts'
import { cell } from '../../shared/frame/frame.ts'
import { t } from '../i18n/index.ts'
import type { CellEvent } from '../ui/DataTable.tsx'
import { MenuAt, type MenuGroup, type MenuItem } from '../ui/Menu.tsx'
import { cellText, tableAsTsv } from '../ui/table-rows.ts'
import { askAbout, type Question } from './asking.ts'
import { copyText } from './copy.ts'
import { addFilter } from './place-store.ts'
import { pin } from './pinning.ts'
import { canSaveTable, saveTable } from './table-file.ts'

export interface ValueSubject {
  readonly at: { x: number; y: number }
  /** 'service', 'operation', 'level', an attribute key; absent = cannot be filtered on */
  readonly field?: string | undefined
  readonly value: string
  /** what to filter on where it is not this value */
  readonly filter?: { field: string; value: string } | undefined
  /** where the value came from */
  readonly question?: Question | undefined
  readonly title?: string | undefined
  /** further items of the view: "Open trace", "Logs of this span" */
  readonly more?: readonly MenuItem[] | undefined
  readonly row?: string | undefined
}

export function valueMenuGroups(subject: ValueSubject): MenuGroup[] {
  const { value, question, title, more = [], row } = subject
  const filter = subject.filter ?? (subject.field === undefined ? undefined : { field: subject.field, value })
  const filters: MenuItem[] =
    filter === undefined
      ? []
      : [
          {
            id: 'in',
            icon: 'filter',
            label: t('workbench.value.filterIn', { field: filter.field, value: short(filter.value) }),
            run: () => addFilter({ ...filter, exclude: false }),
          },
          {
            id: 'out',
            icon: 'filterOut',
            label: t('workbench.value.filterOut', { field: filter.field, value: short(filter.value) }),
            run: () => addFilter({ ...filter, exclude: true }),
          },
        ]
  const copies: MenuItem[] = [
    { id: 'copy', icon: 'copy', label: t('workbench.value.copy'), run: () => void copyText(value) },
  ]
  if (row !== undefined)
    copies.push({ id: 'copyRow', icon: 'copy', label: t('workbench.value.copyRow'), run: () => void copyText(row) })
  if (question !== undefined && canSaveTable(question.method))
    copies.push({
      id: 'save',
      icon: 'export',
      label: t('workbench.value.save'),
      run: () => saveTable({ method: question.method, input: question.input, title: title ?? value }),
    })
  const evidence: MenuItem[] =
    question === undefined
      ? []
      : [
          {
            id: 'pin',
            icon: 'pin',
            keys: 'p',
            label: t('workbench.value.pin'),
            run: () => void pin({ method: question.method, input: question.input, title: title ?? value }),
          },
          {
            id: 'why',
            icon: 'question',
            label: t('workbench.value.why'),
            run: () => askAbout({ ...question, value, at: subject.at }),
          },
        ]
  return [{ items: more }, { items: filters }, { items: copies }, { items: evidence }]
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

export interface ValueMenu {
  readonly open: (subject: ValueSubject) => void
  /** for DataTable's onCellMenu */
  readonly onCellMenu: (event: CellEvent) => void
  /** render it once in the view */
  readonly menu: ReactNode
}

export interface ValueMenuOptions<M extends MethodName = MethodName> {
  readonly question?: { method: M; input: MethodInput<M> } | undefined
  readonly title?: string | undefined
  /** columns of the table that are filter fields: { service: 'service', rootService: 'service' } */
  readonly fields?: Readonly<Record<string, string>>
  /** for cells whose filter is not their own column and value; instead of `fields` */
  readonly filterOf?: (event: CellEvent) => { field: string; value: string } | undefined
  readonly more?: (event: CellEvent) => readonly MenuItem[]
}

/** The menu of a view's values: `const values = useValueMenu({ question, fields })`. */
export function useValueMenu<M extends MethodName>(options: ValueMenuOptions<M> = {}): ValueMenu {
  const [subject, setSubject] = useState<ValueSubject>()
  const onCellMenu = useCallback(
    (event: CellEvent) => {
      const column = event.frame.columns.find((c) => c.name === event.column)
      const value = column ? cellText(column, event.row) : ''
      const absent = !column || cell(column, event.row) === null
      setSubject({
        at: event.at,
        value,
        field: absent ? undefined : options.fields?.[event.column],
        filter: options.filterOf?.(event),
        question: options.question,
        title: options.title,
        more: options.more?.(event),
        row: tableAsTsv(
          event.frame,
          event.frame.columns.map((c) => ({ id: c.name, title: c.name })),
          [event.row],
        ),
      })
    },
    [options.fields, options.filterOf, options.question, options.title, options.more],
  )
  const menu = subject ? (
    <MenuAt
      at={subject.at}
      label={subject.value}
      groups={valueMenuGroups(subject)}
      onClose={() => setSubject(undefined)}
    />
  ) : null
  return { open: setSubject, onCellMenu, menu }
}

// Menus: from a button, or at a point (context menu of a value). Items say what they do and show their key.

import { Menu as Base } from '@base-ui/react/menu'
import { Fragment, type ReactElement, type ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import floating from './Floating.module.css'
import { Icon, type IconName } from './Icon.tsx'
import { KeyHint } from './KeyHint.tsx'

export interface MenuItem {
  readonly id: string
  readonly label: ReactNode
  readonly icon?: IconName | undefined
  readonly keys?: string | undefined
  readonly danger?: boolean
  readonly disabled?: boolean
  /** shows a check mark when true, room for one when false */
  readonly checked?: boolean
  readonly href?: string
  readonly run?: () => void
}
export interface MenuGroup {
  readonly label?: string
  readonly items: readonly MenuItem[]
}

function Items({ groups }: { groups: readonly MenuGroup[] }) {
  return groups
    .filter((g) => g.items.length > 0)
    .map((group, i) => (
      <Fragment key={group.label ?? group.items[0]?.id}>
        {i > 0 && <Base.Separator className={floating['separator']} />}
        <Base.Group>
          {group.label !== undefined && (
            <Base.GroupLabel className={floating['groupLabel']}>{group.label}</Base.GroupLabel>
          )}
          {group.items.map((item) => (
            <Base.Item
              key={item.id}
              disabled={item.disabled ?? false}
              className={cx(floating['item'], item.danger && floating['danger'])}
              onClick={() => (item.href === undefined ? item.run?.() : location.assign(item.href))}
            >
              {item.checked !== undefined && (
                <span className={floating['check']}>{item.checked && <Icon name="check" />}</span>
              )}
              {item.icon && <Icon name={item.icon} />}
              {item.label}
              {item.keys !== undefined && (
                <span className={floating['end']}>
                  <KeyHint keys={item.keys} />
                </span>
              )}
            </Base.Item>
          ))}
        </Base.Group>
      </Fragment>
    ))
}

/** A menu under its trigger element (a Button). */
export function Menu({
  trigger,
  groups,
  align = 'start',
}: {
  trigger: ReactElement<Record<string, unknown>>
  groups: readonly MenuGroup[]
  align?: 'start' | 'end'
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={floating['positioner']} align={align} sideOffset={4}>
          <Base.Popup className={floating['popup']}>
            <Items groups={groups} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** A menu at a point of the page, open until closed. */
export function MenuAt({
  at,
  label,
  groups,
  onClose,
}: {
  at: { x: number; y: number }
  label?: string
  groups: readonly MenuGroup[]
  onClose: () => void
}) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner className={floating['positioner']} anchor={anchor} align="start" sideOffset={2}>
          <Base.Popup className={floating['popup']} aria-label={label}>
            <Items groups={groups} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

// A small surface for a short task or an explanation, under its trigger or at a point.

import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import floating from './Floating.module.css'

export interface PopoverProps {
  readonly trigger?: ReactElement<Record<string, unknown>>
  readonly at?: { x: number; y: number }
  readonly label: string
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly align?: 'start' | 'center' | 'end'
  readonly children: ReactNode
}

export function Popover({ trigger, at, label, open, onOpenChange, align = 'start', children }: PopoverProps) {
  const controlled = open === undefined ? {} : { open }
  return (
    <Base.Root {...controlled} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner
          className={floating['positioner']}
          align={align}
          sideOffset={4}
          {...(at ? { anchor: { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) } } : {})}
        >
          <Base.Popup className={cx(floating['popup'], floating['roomy'])} aria-label={label}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

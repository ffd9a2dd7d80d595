// A small surface for a short task or an explanation, under its trigger or at a point.

import { Popover as Base } from '@base-ui/react/popover'
import { type ReactElement, type ReactNode, useRef } from 'react'
import { cx } from '../lib/cx.ts'
import floating from './Floating.module.css'

export interface PopoverProps {
  readonly trigger?: ReactElement<Record<string, unknown>>
  readonly at?: { x: number; y: number }
  readonly label: string
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly align?: 'start' | 'center' | 'end'
  /** where the focus goes when it opens: the first that can be used, or none of them */
  readonly focus?: 'first' | 'surface'
  readonly children: ReactNode
}

export function Popover({
  trigger,
  at,
  label,
  open,
  onOpenChange,
  align = 'start',
  focus = 'first',
  children,
}: PopoverProps) {
  const surface = useRef<HTMLDivElement>(null)
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
          <Base.Popup
            ref={surface}
            className={cx(floating['popup'], floating['roomy'])}
            aria-label={label}
            {...(focus === 'surface' ? { initialFocus: surface } : {})}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

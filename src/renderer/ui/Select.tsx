// One of several. With many options prefer a Combobox-like field; this is for up to a few dozen.

import { Select as Base } from '@base-ui/react/select'
import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import button from './Button.module.css'
import floating from './Floating.module.css'
import { Icon } from './Icon.tsx'
import styles from './Select.module.css'

export interface Option<T extends string> {
  readonly value: T
  readonly label: ReactNode
}

export interface SelectProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: ReadonlyArray<Option<T>>
  readonly onChange: (value: T) => void
  readonly disabled?: boolean
  /** shows the label before the value */
  readonly showLabel?: boolean
  readonly className?: string
}

export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
  showLabel = false,
  className,
}: SelectProps<T>) {
  const items = options.map((o) => ({ value: o.value, label: o.label }))
  return (
    <Base.Root
      items={items}
      value={value}
      disabled={disabled}
      onValueChange={(next) => next !== null && onChange(next)}
    >
      <Base.Trigger className={cx(button['button'], styles['trigger'], className)} aria-label={label}>
        {showLabel && <span className={styles['label']}>{label}</span>}
        <Base.Value className={styles['value']} />
        <Icon name="chevronDown" size={12} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={floating['positioner']} alignItemWithTrigger={false} sideOffset={4}>
          <Base.Popup className={floating['popup']}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={floating['item']}>
                  <span className={floating['check']}>
                    <Base.ItemIndicator>
                      <Icon name="check" />
                    </Base.ItemIndicator>
                  </span>
                  <Base.ItemText>{option.label}</Base.ItemText>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

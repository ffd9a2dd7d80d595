// Buttons: text says what happens; icon-only ones carry their name as label and tooltip.

import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from '../lib/cx.ts'
import styles from './Button.module.css'
import { Icon, type IconName } from './Icon.tsx'
import { Tooltip } from './Tooltip.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'plain' | 'primary' | 'quiet' | 'danger'
  readonly icon?: IconName
  /** pressed look for toggles; sets aria-pressed */
  readonly pressed?: boolean
  readonly ref?: Ref<HTMLButtonElement>
  readonly children?: ReactNode
}

export function Button({ kind = 'plain', icon, pressed, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      aria-pressed={pressed}
      className={cx(styles['button'], styles[kind], pressed && styles['pressed'], className)}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label'> {
  readonly icon: IconName
  /** what it does: accessible name and tooltip */
  readonly label: string
  readonly keys?: string | undefined
}

export function IconButton({ icon, label, keys, kind = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <Button kind={kind} icon={icon} aria-label={label} className={cx(styles['square'], className)} {...rest} />
    </Tooltip>
  )
}

// Detail that slides in from the right and stays beside the view. Escape closes the topmost open drawer first.

import { type ReactNode, useEffect, useRef } from 'react'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { onEscape } from '../lib/escape.ts'
import { IconButton } from './Button.tsx'
import styles from './Drawer.module.css'

export interface DrawerProps {
  readonly title: ReactNode
  /** accessible name when the title is not plain text */
  readonly label: string
  readonly onClose: () => void
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** Put it as the second child of a SplitPane (`sized="second"`), or over the view with `floating`. */
export function Drawer({ title, label, onClose, actions, children, className }: DrawerProps) {
  const t = useT()
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => onEscape(() => close.current()), [])
  return (
    <section className={cx(styles['drawer'], className)} aria-label={label}>
      <header className={styles['header']}>
        <div className={styles['title']}>{title}</div>
        {actions}
        <IconButton icon="close" label={t('ui.close')} keys="Escape" onClick={onClose} />
      </header>
      <div className={styles['body']}>{children}</div>
    </section>
  )
}

// A question that must be answered before anything else. Use a drawer for what can stand beside the view.

import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, useRef } from 'react'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { IconButton } from './Button.tsx'
import styles from './Dialog.module.css'

export interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** buttons, the main one last */
  readonly actions?: ReactNode
  readonly width?: 'narrow' | 'normal' | 'wide'
  /** hides the title bar: the palette */
  readonly bare?: boolean
}

export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  actions,
  width = 'normal',
  bare = false,
}: DialogProps) {
  const t = useT()
  const body = useRef<HTMLDivElement>(null)
  const footer = useRef<HTMLElement>(null)
  /** Where one goes on: what took the focus itself, else the first thing to fill in or press, never the close button. */
  const firstFocus = (): HTMLElement | boolean =>
    body.current?.contains(document.activeElement)
      ? false
      : (body.current?.querySelector<HTMLElement>('input, textarea, button, a[href]') ??
        footer.current?.querySelector<HTMLElement>('button:last-child') ??
        true)
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles['veil']} />
        <Base.Popup
          className={cx(styles['popup'], styles[width], bare && styles['bare'])}
          aria-label={bare ? title : undefined}
          initialFocus={firstFocus}
        >
          {!bare && (
            <header className={styles['header']}>
              <Base.Title className={styles['title']}>{title}</Base.Title>
              <IconButton icon="close" label={t('ui.close')} keys="Escape" onClick={onClose} />
            </header>
          )}
          {description !== undefined && (
            <Base.Description className={styles['description']}>{description}</Base.Description>
          )}
          <div ref={body} className={styles['body']}>
            {children}
          </div>
          {actions !== undefined && (
            <footer ref={footer} className={styles['actions']}>
              {actions}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

// The stack of messages at the lower right.

import { useEffect, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { StatusShape } from '../ui/Badge.tsx'
import { Button, IconButton } from '../ui/Button.tsx'
import { act, dismissToast, type Toast, useToasts } from './toasts.ts'
import styles from './workbench.module.css'

export function Toasts() {
  const t = useT()
  const toasts = useToasts((s) => s.toasts)
  return (
    <section className={styles['toasts']} aria-label={t('workbench.toasts.label')} aria-live="polite">
      {toasts.map((toast) => (
        <Message key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

function Message({ toast }: { toast: Toast }) {
  const t = useT()
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || toast.lastsMs === 0) return
    const timer = setTimeout(() => dismissToast(toast.id), toast.lastsMs)
    return () => clearTimeout(timer)
  }, [held, toast])
  return (
    <div
      className={styles['toast']}
      role={toast.tone === 'critical' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <StatusShape tone={toast.tone} />
      <div className={styles['toastText']}>
        {toast.text}
        {toast.detail !== undefined && toast.detail !== '' && <p>{toast.detail}</p>}
      </div>
      {toast.action && (
        <Button kind="quiet" onClick={() => act(toast)}>
          {toast.action.label}
        </Button>
      )}
      <IconButton icon="close" label={t('ui.close')} onClick={() => dismissToast(toast.id)} />
    </div>
  )
}

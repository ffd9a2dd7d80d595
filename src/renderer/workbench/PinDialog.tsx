// Asks which incident a pin goes to, when there is none at hand.

import { useState } from 'react'
import { t as translateNow, useT } from '../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { pinTo, usePinning } from './pinning.ts'
import { currentRange } from './place-store.ts'
import { toastError } from './toasts.ts'
import styles from './workbench.module.css'

export function PinDialog() {
  const t = useT()
  const waiting = usePinning((s) => s.waiting)
  const { data } = useMethod('incidents.list', waiting ? { limit: 20 } : null)
  const create = useCommand('incidents.create')
  const [title, setTitle] = useState('')
  const close = (): void => usePinning.setState({ waiting: undefined })
  if (!waiting) return null
  const open = (data?.incidents ?? []).filter((i) => !i.readOnly && !i.removed)
  const createAndPin = async (): Promise<void> => {
    try {
      const incident = await create.run({ title: title.trim(), severity: 'major', range: currentRange().input })
      await pinTo(incident.id, waiting)
      setTitle('')
    } catch (error) {
      toastError(asWatchdeckError(error), translateNow('workbench.pin.failed'))
    }
  }
  return (
    <Dialog open onClose={close} title={t('workbench.pin.title')} description={t('workbench.pin.text')}>
      <div className={styles['stack']}>
        {open.map((i) => (
          <Button key={i.id} kind="quiet" className={styles['choice'] ?? ''} onClick={() => void pinTo(i.id, waiting)}>
            <span className={styles['dim']}>INC-{i.number}</span> <span className={styles['ellipsis']}>{i.title}</span>
          </Button>
        ))}
        <form
          className={styles['rangeTyped']}
          onSubmit={(event) => {
            event.preventDefault()
            if (title.trim() !== '') void createAndPin()
          }}
        >
          <TextField label={t('workbench.pin.newTitle')} showLabel value={title} onChange={setTitle} />
          <Button type="submit" kind="primary" disabled={title.trim() === '' || create.running}>
            {t('workbench.pin.create')}
          </Button>
        </form>
      </div>
    </Dialog>
  )
}

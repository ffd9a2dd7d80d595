// Asks for the passphrase of an encrypted incident file.

import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { type Asking, useAskedPassphrase } from './incident-file.ts'

export function OpenFileDialog() {
  const asking = useAskedPassphrase((s) => s.asking)
  return asking && <PassphraseForm asking={asking} />
}

function PassphraseForm({ asking }: { asking: Asking }) {
  const t = useT()
  const [text, setText] = useState('')
  return (
    <Dialog
      open
      onClose={() => asking.answer(undefined)}
      title={t('workbench.openFile.passphraseTitle')}
      description={t('workbench.openFile.passphraseText', { name: asking.name })}
      width="narrow"
      actions={
        <>
          <Button onClick={() => asking.answer(undefined)}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" form="passphrase" disabled={text === ''}>
            {t('workbench.openFile.open')}
          </Button>
        </>
      }
    >
      <form
        id="passphrase"
        onSubmit={(event) => {
          event.preventDefault()
          if (text !== '') asking.answer(text)
        }}
      >
        <TextField
          label={t('workbench.openFile.passphrase')}
          showLabel
          type="password"
          value={text}
          onChange={setText}
          error={asking.wrong ? t('workbench.openFile.wrong') : undefined}
        />
      </form>
    </Dialog>
  )
}

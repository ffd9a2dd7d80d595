// How the secrets of sources are protected, and the passphrase that opens them.

import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import { toastError } from '../workbench/toasts.ts'
import styles from './App.module.css'

export function SecretsSection() {
  const t = useT()
  const vault = useMethod('settings.vault', {})
  const unlock = useCommand('settings.unlockVault')
  const lock = useCommand('settings.lockVault')
  const [passphrase, setPassphrase] = useState('')
  if (!vault.data) return null
  const { state, protection } = vault.data
  const failed = (error: unknown) => toastError(asWatchdeckError(error), t('app.secrets.failed'))
  const done = () => {
    setPassphrase('')
    return vault.refetch()
  }
  const open = () => void unlock.run({ passphrase }).then(done).catch(failed)
  return (
    <section className={styles['section']}>
      <h2>{t('app.secrets.title')}</h2>
      <p>{t(protection === 'passphrase' ? `app.secrets.${state}` : `app.secrets.${protection}`)}</p>
      {protection === 'passphrase' && (state === 'locked' || state === 'unset') && (
        <form
          className={styles['secret']}
          onSubmit={(event) => {
            event.preventDefault()
            if (passphrase !== '') open()
          }}
        >
          <TextField
            label={t('app.secrets.passphrase')}
            showLabel
            type="password"
            value={passphrase}
            onChange={setPassphrase}
          />
          <Button type="submit" disabled={passphrase === ''}>
            {t(state === 'unset' ? 'app.secrets.make' : 'app.secrets.unlock')}
          </Button>
        </form>
      )}
      {protection === 'passphrase' && state === 'ready' && (
        <Button onClick={() => void lock.run({}).then(done).catch(failed)}>{t('app.secrets.lock')}</Button>
      )}
    </section>
  )
}

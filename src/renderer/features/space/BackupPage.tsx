// A copy of everything while it is in use, and the way back: a backup is checked and laid ready, the next start puts it in
// place and keeps what it replaces.

import { useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useJob, useMethod } from '../../lib/engine/index.ts'
import { Button, Dialog, TextField, Time } from '../../ui/index.ts'
import { toast, toastError } from '../../workbench/index.ts'
import { formatBytes, nsOf } from './words.ts'
import styles from './space.module.css'

export function BackupPage() {
  const t = useT()
  const info = useMethod('system.info', {})
  const status = useMethod('space.status', {})
  const { data } = useMethod('system.backups', {})
  const cancel = useCommand('system.cancelRestore')
  const [asked, setAsked] = useState<string>()
  const restoring = status.data?.restoring
  return (
    <>
      {restoring && (
        <p className={styles['banner']} role="status">
          <span>
            {t('space.restore.ready')} <Time ns={nsOf(restoring.createdAt)} day precision="min" />
            {'. '}
            {t(info.data?.shell === 'electron' ? 'space.restore.restartDesktop' : 'space.restore.restartServe')}
          </span>
          <Button
            onClick={() =>
              cancel
                .run({})
                .catch((error: unknown) => toastError(asWatchdeckError(error), t('space.restore.cancelFailed')))
            }
          >
            {t('space.restore.cancel')}
          </Button>
        </p>
      )}
      <BackupForm dataDir={info.data?.dataDir} />
      <section className={styles['section']} aria-label={t('space.backup.made')}>
        <h2>{t('space.backup.made')}</h2>
        {data?.backups.length === 0 && <p className={styles['dim']}>{t('space.backup.none')}</p>}
        <table className={styles['plain']}>
          <tbody>
            {(data?.backups ?? []).map(({ path, createdAt, bytes, isThere }) => (
              <tr key={`${path} ${createdAt}`}>
                <td>
                  <Time ns={nsOf(createdAt)} day precision="min" />
                </td>
                <td className={styles['mono']}>{path}</td>
                <td className={styles['size']}>{formatBytes(bytes)}</td>
                <td>
                  {isThere ? (
                    <Button kind="quiet" onClick={() => setAsked(path)}>
                      {t('space.restore.this')}
                    </Button>
                  ) : (
                    <span className={styles['dim']}>{t('space.backup.gone')}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <RestoreForm onAsk={setAsked} />
      </section>
      {asked !== undefined && <RestoreDialog path={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}

function BackupForm({ dataDir }: { dataDir: string | undefined }) {
  const t = useT()
  const job = useJob('system.backup')
  const [path, setPath] = useState('')
  const run = async (): Promise<void> => {
    try {
      const made = await job.start({ path: path.trim() })
      toast(t('space.backup.done', { bytes: formatBytes(made.bytes) }), { detail: made.path })
      setPath('')
    } catch (error) {
      toastError(asWatchdeckError(error), t('space.backup.failed'))
    }
  }
  return (
    <form
      className={styles['section']}
      aria-label={t('space.backup.title')}
      onSubmit={(event) => {
        event.preventDefault()
        if (path.trim() !== '' && !job.running) void run()
      }}
    >
      <h2>{t('space.backup.title')}</h2>
      <p className={styles['dim']}>{t('space.backup.text')}</p>
      <TextField
        label={t('space.backup.path')}
        showLabel
        mono
        value={path}
        placeholder={dataDir === undefined ? '' : `${dataDir}-backup`}
        help={t('space.backup.pathHelp')}
        onChange={setPath}
      />
      <div className={styles['actions']}>
        {job.running ? (
          <>
            <progress value={job.progress?.fraction ?? undefined} max={1} aria-label={t('space.backup.running')} />
            <span>{t('space.backup.running')}</span>
            <Button onClick={job.cancel}>{t('ui.cancel')}</Button>
          </>
        ) : (
          <Button kind="primary" type="submit" disabled={path.trim() === ''}>
            {t('space.backup.run')}
          </Button>
        )}
      </div>
    </form>
  )
}

function RestoreForm({ onAsk }: { onAsk: (path: string) => void }) {
  const t = useT()
  const [path, setPath] = useState('')
  return (
    <form
      className={styles['inline']}
      aria-label={t('space.restore.other')}
      onSubmit={(event) => {
        event.preventDefault()
        if (path.trim() !== '') onAsk(path.trim())
      }}
    >
      <TextField label={t('space.restore.other')} showLabel mono value={path} onChange={setPath} />
      <Button type="submit" disabled={path.trim() === ''}>
        {t('space.restore.check')}
      </Button>
    </form>
  )
}

function RestoreDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const t = useT()
  const job = useJob('system.restore')
  const run = async (): Promise<void> => {
    try {
      await job.start({ path })
      toast(t('space.restore.staged'), { tone: 'note' })
    } catch (error) {
      toastError(asWatchdeckError(error), t('space.restore.failed'))
    }
    onClose()
  }
  return (
    <Dialog
      open
      onClose={job.running ? () => undefined : onClose}
      title={t('space.restore.title')}
      description={t('space.restore.text')}
      actions={
        job.running ? (
          <Button onClick={job.cancel}>{t('ui.cancel')}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button kind="primary" onClick={() => void run()}>
              {t('space.restore.run')}
            </Button>
          </>
        )
      }
    >
      <p className={styles['mono']}>{path}</p>
      {job.running && (
        <progress value={job.progress?.fraction ?? undefined} max={1} aria-label={t('space.restore.running')} />
      )}
    </Dialog>
  )
}

// The file that was written: where it is, its hash, and a check of the whole of it. The browser takes it from here.

import { useEffect, useRef, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { say, sentences, useT } from '../../i18n/index.ts'
import { isDesktop } from '../../lib/engine/connect.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, ErrorState, StatusShape, TextField } from '../../ui/index.ts'
import { copyText } from '../../workbench/index.ts'
import styles from './Forms.module.css'

export function SavedFile({ result, onClose }: { result: MethodOutput<'file.save'>; onClose: () => void }) {
  const t = useT()
  const desktop = isDesktop()
  const name = result.path.split(/[\\/]/).at(-1) ?? ''
  const link = useRef<HTMLAnchorElement>(null)
  const [asked, setAsked] = useState<{ passphrase?: string }>()
  const [passphrase, setPassphrase] = useState('')
  const check = useMethod('file.verify', asked ? { path: result.path, ...asked } : null, { staleMs: 0 })
  const locked = check.error?.code === 'unauthenticated'
  // the file was asked for: the download begins by itself, once
  const begun = useRef(false)
  useEffect(() => {
    if (desktop || begun.current) return
    begun.current = true
    link.current?.click()
  }, [desktop])
  return (
    <div className={styles['form']} data-testid="saved">
      <p>
        <StatusShape tone="ok" /> <b>{t('files.saved', { name })}</b>
      </p>
      <dl className={styles['result']}>
        <dt>{t('files.path')}</dt>
        <dd
          draggable={desktop}
          title={desktop ? t('files.dragOut') : undefined}
          onDragStart={(event) => {
            event.preventDefault()
            window.watchdeck?.drag(result.path)
          }}
        >
          {result.path}
        </dd>
        <dt>{t('files.size')}</dt>
        <dd>
          {formatBytes(result.bytes)} ({t('files.entries', { count: formatCount(result.entries) })})
        </dd>
        <dt>SHA-256</dt>
        <dd>{result.sha256}</dd>
      </dl>
      {check.data && !check.error && (
        <p role="status" className={styles['warn']}>
          <StatusShape tone={check.data.ok ? 'ok' : 'critical'} />
          {check.data.ok ? t('files.verified') : sentences(check.data.problems.map(say))}
        </p>
      )}
      {locked && (
        <TextField
          label={t('files.passphrase')}
          showLabel
          type="password"
          autoFocus
          value={passphrase}
          onChange={setPassphrase}
          help={t('files.passphraseNeeded')}
          onKeyDown={(event) => {
            if (event.key === 'Enter') setAsked({ passphrase })
          }}
        />
      )}
      {check.error && !locked && <ErrorState error={check.error} onRetry={check.refetch} />}
      <div className={styles['row']}>
        {!desktop && (
          <a ref={link} href={`/download/${encodeURIComponent(name)}`} download={name}>
            {t('files.download')}
          </a>
        )}
        <span className={styles['grow']} />
        <Button icon="copy" onClick={() => void copyText(result.sha256)}>
          {t('files.copyHash')}
        </Button>
        <Button
          icon="check"
          disabled={check.fetching}
          onClick={() => (locked ? setAsked({ passphrase }) : asked ? check.refetch() : setAsked({}))}
        >
          {t(check.fetching ? 'files.verifying' : 'files.verify')}
        </Button>
        <Button kind="primary" autoFocus onClick={onClose}>
          {t('files.done')}
        </Button>
      </div>
    </div>
  )
}

// Sources from a provisioning file of Grafana or from environment variables: what would be added is shown first.

import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand } from '../../lib/engine/index.ts'
import { Button, Checkbox, FileButton, Select, TextArea } from '../../ui/index.ts'
import { openTarget, toast, toastError } from '../../workbench/index.ts'
import styles from './Sources.module.css'

const KEEPS = ['vault', 'session'] as const
type Keep = (typeof KEEPS)[number]
type Answer = MethodOutput<'sources.read'>

export function SourcesImport() {
  const t = useT()
  const read = useCommand('sources.read')
  const [text, setText] = useState('')
  const [environment, setEnvironment] = useState(false)
  const [keep, setKeep] = useState<Keep>('vault')
  const [shown, setShown] = useState<Answer>()
  const ask = async (dryRun: boolean): Promise<void> => {
    try {
      const answer = await read.run({ ...(environment ? { environment } : { text }), dryRun, keep })
      setShown(answer)
      if (dryRun) return
      toast(t('sources.importDone', { count: answer.sources.filter(({ id }) => id !== undefined).length }))
      if (answer.sources.every(({ id, known }) => id !== undefined || known)) openTarget({ view: 'sources', path: [] })
    } catch (reason) {
      toastError(asWatchdeckError(reason), t('sources.importFailed'))
    }
  }
  const changed = <T,>(set: (value: T) => void) => {
    return (value: T): void => {
      set(value)
      setShown(undefined)
    }
  }
  const fresh = shown?.sources.filter(({ known, id }) => !known && id === undefined).length ?? 0
  return (
    <div className={styles['form']}>
      <p className={styles['dim']}>{t('sources.importText')}</p>
      <Checkbox label={t('sources.importEnvironment')} checked={environment} onChange={changed(setEnvironment)} />
      {!environment && (
        <>
          <TextArea label={t('sources.importYaml')} showLabel value={text} onChange={changed(setText)} rows={10} />
          <div className={styles['buttons']}>
            <FileButton
              label={t('sources.importFile')}
              icon="file"
              accept=".yaml,.yml,.json"
              testId="sources-file"
              onFile={(file) =>
                void file
                  .text()
                  .then(changed(setText))
                  .catch((reason: unknown) => toastError(asWatchdeckError(reason), t('sources.importFailed')))
              }
            />
          </div>
        </>
      )}
      <Select
        label={t('sources.importKeep')}
        showLabel
        value={keep}
        onChange={setKeep}
        options={KEEPS.map((value) => ({ value, label: t(`sources.keep.${value}`) }))}
      />
      <div className={styles['buttons']}>
        <Button disabled={read.running || (!environment && text.trim() === '')} onClick={() => void ask(true)}>
          {t('sources.importLook')}
        </Button>
        <Button kind="primary" disabled={read.running || fresh === 0} onClick={() => void ask(false)}>
          {t('sources.importAdd', { count: fresh })}
        </Button>
      </div>
      {shown && (
        <ul className={styles['importList']} aria-label={t('sources.importFound')}>
          {shown.sources.map(({ name, kind, url, known, left }) => (
            <li key={`${kind} ${url} ${name}`}>
              <strong>{name}</strong> {t(`imports.kind.${kind}`)} <span className={styles['mono']}>{url}</span>
              {known && <span className={styles['dim']}> {t('sources.importKnown')}</span>}
              {left.map((sentence) => (
                <p key={sentence} className={styles['hint']}>
                  {say(sentence)}
                </p>
              ))}
            </li>
          ))}
          {shown.skipped.map(({ name, reason }) => (
            <li key={name} className={styles['dim']}>
              {name}: {say(reason)}
            </li>
          ))}
          {shown.sources.length + shown.skipped.length === 0 && <li>{t('sources.importNothing')}</li>}
        </ul>
      )}
    </div>
  )
}

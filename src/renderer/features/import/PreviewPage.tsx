// Files about to be read: what each is and how it would be read, with the mapping to correct, then "Import".

import { useMemo, useState } from 'react'
import type { Mapping } from '../../../shared/contract/import.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useEngine, useMethod } from '../../lib/engine/index.ts'
import { beginBusy } from '../../lib/idle.ts'
import { Button, Checkbox, ErrorState, Skeleton, SplitPane, TextField } from '../../ui/index.ts'
import { baseName, type Params, setParams, toastError, useParam } from '../../workbench/index.ts'
import { FileDetail } from './FileDetail.tsx'
import { FileList } from './FileList.tsx'
import styles from './Import.module.css'
import type { Mappings } from './preview-file.ts'

const NONE: Params = {}
const NO_PATHS: readonly string[] = []

export function PreviewPage({ paths }: { paths: readonly string[] }) {
  const t = useT()
  const engine = useEngine()
  const preview = useMethod('import.preview', { paths: [...paths] }, { keepPrevious: false })
  const [chosen, setChosen] = useParam<string>('file', '')
  const [source, setSource] = useParam<string>('name', '')
  const [mappings] = useParam('map', NONE)
  const [left] = useParam('leave', NO_PATHS)
  const [skipBadRows, setSkipBadRows] = useState(true)
  const [starting, setStarting] = useState(false)
  const files = preview.data?.files ?? []
  const byPath = useMemo(() => mappings as Mappings, [mappings])
  const taken = files.filter((f) => !left.includes(f.path) && (f.format !== 'unknown' || byPath[f.path] !== undefined))
  const start = async (which: readonly string[]): Promise<void> => {
    const done = beginBusy()
    setStarting(true)
    try {
      const used = Object.fromEntries(Object.entries(byPath).filter(([path]) => which.includes(path)))
      const { job } = await engine.start('import.run', {
        paths: [...which],
        skipBadRows,
        ...(source.trim() === '' ? {} : { source: source.trim() }),
        ...(Object.keys(used).length === 0 ? {} : { mapping: used }),
      })
      setParams({ job, file: undefined })
    } catch (error) {
      toastError(asWatchdeckError(error), t('imports.startFailed'))
      setStarting(false)
    } finally {
      done()
    }
  }
  const change = (path: string, mapping: Mapping | undefined): void => {
    const next: Record<string, Params> = {}
    for (const [known, value] of Object.entries(byPath)) if (known !== path) next[known] = value as Params
    if (mapping !== undefined) next[path] = mapping as Params
    setParams({ map: Object.keys(next).length === 0 ? undefined : next })
  }
  const setLeft = (path: string, take: boolean): void => {
    const next = take ? left.filter((p) => p !== path) : [...left, path]
    setParams({ leave: next.length === 0 ? undefined : next })
  }
  if (preview.error)
    return (
      <div className={styles['page']}>
        <ErrorState error={preview.error} what={t('imports.previewFailed')} onRetry={preview.refetch} />
        {preview.error.code === 'limit_exceeded' && (
          <div className={styles['foot']}>
            <Button kind="primary" disabled={starting} onClick={() => void start(paths)}>
              {t('imports.importUnseen')}
            </Button>
          </div>
        )}
      </div>
    )
  const selected = files.find((f) => f.path === chosen) ?? files[0]
  const known = files.filter((f) => f.alreadyImported).length
  const unknown = files.filter((f) => f.format === 'unknown').length
  return (
    <div className={styles['page']}>
      <div className={styles['top']}>
        <h2 className={styles['headline']}>
          {preview.data === undefined
            ? t('imports.looking', { count: paths.length })
            : [
                t('imports.previewHeadline', { count: files.length }),
                known > 0 ? t('imports.previewKnown', { count: known }) : '',
                unknown > 0 ? t('imports.previewUnknown', { count: unknown }) : '',
              ]
                .filter(Boolean)
                .join(t('imports.comma'))}
        </h2>
        <div className={styles['space']} />
      </div>
      {preview.data === undefined ? (
        <Skeleton lines={12} />
      ) : (
        <SplitPane
          id="import.files"
          label={t('imports.files')}
          direction="row"
          sized="first"
          initial={340}
          min={220}
          open={files.length > 1}
        >
          {files.length > 1 ? (
            <FileList
              files={files}
              mappings={byPath}
              left={left}
              selected={selected?.path}
              onSelect={(path) => setChosen(path, { replace: true })}
              onTake={setLeft}
            />
          ) : null}
          {selected ? (
            <FileDetail
              key={selected.path}
              file={selected}
              mapping={byPath[selected.path]}
              onChange={(mapping) => change(selected.path, mapping)}
            />
          ) : null}
        </SplitPane>
      )}
      <form
        className={styles['foot']}
        onSubmit={(event) => {
          event.preventDefault()
          void start(taken.map((f) => f.path))
        }}
      >
        <TextField
          className={styles['sourceName'] ?? ''}
          label={t('imports.sourceName')}
          placeholder={t('imports.sourceNameHint', { name: baseName(files[0]?.path ?? paths[0] ?? '') })}
          value={source}
          maxLength={200}
          onChange={(next) => setSource(next === '' ? undefined : next, { replace: true })}
        />
        <Checkbox label={t('imports.skipBadRows')} checked={skipBadRows} onChange={setSkipBadRows} />
        <div className={styles['space']} />
        <Button
          onClick={() =>
            setParams({ paths: undefined, map: undefined, leave: undefined, name: undefined, file: undefined })
          }
        >
          {t('ui.cancel')}
        </Button>
        <Button kind="primary" type="submit" disabled={starting || taken.length === 0}>
          {t('imports.importFiles', { count: taken.length })}
        </Button>
      </form>
    </div>
  )
}

// A source as a file that other tools read: format, kinds, stretch of time; in the browser shell it is then downloaded.

import { useState } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { say, useT } from '../../i18n/index.ts'
import { useJob, useMethod } from '../../lib/engine/index.ts'
import { isDesktop } from '../../lib/engine/connect.ts'
import { formatCount } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { Button, Checkbox, Dialog, ErrorState, Select, TextField } from '../../ui/index.ts'
import { baseName, copyText } from '../../workbench/index.ts'
import { parseTypedRange, rangeLabel, tryResolve } from '../../workbench/time-range.ts'
import { usePlaceStore } from '../../workbench/place-store.ts'
import { dataRange } from '../../workbench/data-range.ts'
import styles from './Import.module.css'

type Format = MethodInput<'export.run'>['format']
type Kind = 'traces' | 'logs' | 'metrics' | 'objects' | 'events'

const FORMATS = [
  'otlp-json',
  'zipkin-json',
  'jaeger-json',
  'ndjson',
  'csv',
  'parquet',
] as const satisfies readonly Format[]
const EXTENSIONS: Record<Format, string> = {
  'otlp-json': 'json',
  'zipkin-json': 'json',
  'jaeger-json': 'json',
  ndjson: 'ndjson',
  csv: 'csv',
  parquet: 'parquet',
}
const KINDS = ['traces', 'logs', 'metrics', 'objects', 'events'] as const satisfies readonly Kind[]
/** OTLP has no shape for objects and what happened to them; Zipkin and Jaeger have traces alone. */
const fits = (format: Format, kind: Kind): boolean =>
  format === 'zipkin-json' || format === 'jaeger-json'
    ? kind === 'traces'
    : format !== 'otlp-json' || (kind !== 'objects' && kind !== 'events')
/** CSV and Parquet hold one kind of row. */
const holdsOneKind = (format: Format): boolean => format === 'csv' || format === 'parquet'

const countsOf = (counts: Source['counts']): Record<Kind, number> => ({
  traces: counts.spans,
  logs: counts.logs,
  metrics: counts.samples + counts.series,
  objects: counts.objects,
  events: counts.happenings,
})
const has = ({ counts }: Source, kind: Kind): boolean => countsOf(counts)[kind] > 0

/** `shop-seed-1-20261102-140501.json`: readable, safe everywhere, new each time. */
function fileName(source: Source, format: Format, now: Date): string {
  const name = source.name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${name || 'export'}-${stamp}.${EXTENSIONS[format]}`
}

export function ExportDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useT()
  const info = useMethod('system.info', {})
  const job = useJob('export.run')
  const zone = usePreferences((p) => p.zone)
  const now = usePlaceStore((s) => s.now)
  const [format, setFormat] = useState<Format>('otlp-json')
  const here = KINDS.filter((kind) => has(source, kind) && fits(format, kind))
  const [left, setLeft] = useState<readonly Kind[]>([])
  const [one, setOne] = useState<Kind>()
  const whole = dataRange(source)
  const wholeRange = whole && tryResolve(whole, now)
  const [rangeText, setRangeText] = useState(() => (wholeRange ? rangeLabel(wholeRange, zone) : ''))
  const [folder, setFolder] = useState<string>()
  const untouched = wholeRange !== undefined && rangeText === rangeLabel(wholeRange, zone)
  const range = untouched || rangeText.trim() === '' ? undefined : parseTypedRange(rangeText, zone, now)
  const rangeWrong = !untouched && rangeText.trim() !== '' && range === undefined
  const chosen = holdsOneKind(format)
    ? here.filter((kind) => kind === (one ?? here[0]))
    : here.filter((kind) => !left.includes(kind))
  const data = info.data
  const base =
    folder ??
    (data ? `${data.dataDir}${data.dataDir.includes('\\') ? '\\' : '/'}${isDesktop() ? 'saved' : 'downloads'}` : '')
  const start = (): void => {
    const path = `${base}${base.includes('\\') ? '\\' : '/'}${fileName(source, format, new Date())}`
    // the failure is shown by the job's own error below
    job
      .start({ sources: [source.id], format, kinds: [...chosen], path, ...(range ? { range } : {}) })
      .catch(() => undefined)
  }
  const done = job.result
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('imports.exportTitle', { name: source.name })}
      actions={
        done ? (
          <>
            <Button onClick={onClose}>{t('ui.close')}</Button>
            {isDesktop() || done.path === undefined ? (
              <Button kind="primary" icon="copy" onClick={() => void copyText(done.path ?? '')}>
                {t('imports.exportCopyPath')}
              </Button>
            ) : (
              <a
                className={styles['primaryLink']}
                href={`/download/${encodeURIComponent(baseName(done.path))}`}
                download={baseName(done.path)}
              >
                {t('imports.exportDownload')}
              </a>
            )}
          </>
        ) : (
          <>
            <Button onClick={job.running ? job.cancel : onClose}>{t('ui.cancel')}</Button>
            <Button
              kind="primary"
              disabled={job.running || chosen.length === 0 || rangeWrong || base === ''}
              onClick={start}
            >
              {t('imports.exportRun')}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <div className={styles['stack']}>
          <p>{t('imports.exportDone', { count: done.rows, text: formatCount(done.rows) })}</p>
          <p className={styles['path']}>{done.path}</p>
        </div>
      ) : (
        <div className={styles['form']}>
          <span>{t('imports.exportFormat')}</span>
          <Select
            label={t('imports.exportFormat')}
            value={format}
            disabled={job.running}
            options={FORMATS.map((value) => ({ value, label: t(`imports.exportFormat.${value}`) }))}
            onChange={setFormat}
          />
          <span>{t('imports.exportKinds')}</span>
          {holdsOneKind(format) ? (
            <Select
              label={t('imports.exportKinds')}
              value={chosen[0] ?? 'traces'}
              disabled={job.running}
              options={here.map((value) => ({ value, label: t(`imports.exportKind.${value}`) }))}
              onChange={setOne}
            />
          ) : (
            <div className={styles['buttons']}>
              {here.map((kind) => (
                <Checkbox
                  key={kind}
                  label={t(`imports.exportKind.${kind}`)}
                  checked={chosen.includes(kind)}
                  disabled={job.running}
                  onChange={(on) => setLeft(on ? left.filter((k) => k !== kind) : [...left, kind])}
                />
              ))}
            </div>
          )}
          <span>{t('workbench.range.title')}</span>
          <TextField
            label={t('workbench.range.title')}
            mono
            value={rangeText}
            disabled={job.running}
            onChange={setRangeText}
            help={t(untouched ? 'imports.exportAll' : 'imports.exportPart')}
            error={rangeWrong ? t('workbench.range.wrong') : undefined}
          />
          {isDesktop() && (
            <>
              <span>{t('imports.exportFolder')}</span>
              <TextField
                label={t('imports.exportFolder')}
                mono
                value={base}
                disabled={job.running}
                onChange={setFolder}
              />
            </>
          )}
        </div>
      )}
      {job.running && (
        <div className={styles['stack']} role="status">
          <progress value={job.progress?.fraction ?? undefined} max={1} aria-label={t('imports.exportRunning')} />
          <span className={styles['dim']}>{job.progress ? say(job.progress.message) : t('imports.exportRunning')}</span>
        </div>
      )}
      {job.error && job.error.code !== 'cancelled' && <ErrorState error={job.error} what={t('imports.exportFailed')} />}
    </Dialog>
  )
}

// How a file is read, to be corrected: format and encoding for all, fields and times where a file has no fixed meaning.
// Every change asks for the preview again at once.

import { useId } from 'react'
import type { Mapping } from '../../../shared/contract/import.ts'
import { useT } from '../../i18n/index.ts'
import { isZone } from '../../lib/zone.ts'
import { Button, Checkbox, CommitField, type CommitFieldProps, Select } from '../../ui/index.ts'
import { ENCODINGS, FORMATS, formatName, TIME_UNITS } from './formats.ts'
import styles from './Import.module.css'
import type { PreviewFile } from './preview-file.ts'

const FIELDS = ['time', 'level', 'service', 'message', 'traceId', 'spanId', 'metric'] as const
const LISTS = ['values', 'labels'] as const
/** what a row of a table becomes decides which fields mean something */
const ONLY_LOGS: readonly string[] = ['level', 'message', 'traceId', 'spanId']
const ONLY_METRICS: readonly string[] = ['metric', 'values', 'labels']
type Field = (typeof FIELDS)[number]

const MARKS = [',', ';', '\t', '|'] as const
const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const

export interface MappingEditorProps {
  /** as it would be read now */
  readonly file: PreviewFile
  /** as it was detected */
  readonly detected: PreviewFile
  readonly mapping: Mapping | undefined
  readonly onChange: (mapping: Mapping | undefined) => void
}

export function MappingEditor({ file, detected, mapping, onChange }: MappingEditorProps) {
  const t = useT()
  const list = useId()
  const set = (change: Mapping): void => {
    const next: Mapping = { ...mapping, ...change }
    onChange(Object.keys(next).length === 0 ? undefined : next)
  }
  const without = (key: keyof Mapping): void => {
    const next = { ...mapping }
    delete next[key]
    onChange(Object.keys(next).length === 0 ? undefined : next)
  }
  const type = (field: Field | 'timeZone', text: string): void => {
    if (text.trim() === '') without(field)
    else set({ [field]: text.trim() })
  }
  const format = file.format
  const encoding = mapping?.encoding ?? ENCODINGS.find((e) => e === file.encoding) ?? 'utf-8'
  const rows = mapping?.rows ?? file.mapping.rows
  const follows = (key: string): boolean =>
    file.mapped.includes(key) &&
    !(rows === 'metrics' && ONLY_LOGS.includes(key)) &&
    !(rows !== 'metrics' && ONLY_METRICS.includes(key))
  const typeList = (field: (typeof LISTS)[number], text: string): void => {
    const names = text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    set({ [field]: names })
  }
  return (
    <section className={styles['mapping']} aria-label={t('imports.mapping')}>
      <div className={styles['pair']}>
        <span>{t('imports.mapping.format')}</span>
        <Select
          label={t('imports.mapping.format')}
          value={format === 'unknown' ? '' : format}
          options={[
            ...(format === 'unknown' ? [{ value: '', label: t('imports.mapping.choose') }] : []),
            ...FORMATS.map((value) => ({ value, label: formatName(t, value) })),
          ]}
          onChange={(value) => {
            const chosen = FORMATS.find((f) => f === value)
            // the fields of one format mean nothing in another
            if (chosen === detected.format) onChange(undefined)
            else if (chosen) onChange({ format: chosen, ...(mapping?.encoding ? { encoding: mapping.encoding } : {}) })
          }}
        />
      </div>
      {format !== 'unknown' && (
        <div className={styles['pair']}>
          <span>{t('imports.mapping.encoding')}</span>
          <Select
            label={t('imports.mapping.encoding')}
            value={encoding}
            options={ENCODINGS.map((value) => ({ value, label: t(`imports.encoding.${value}`) }))}
            onChange={(value) => set({ encoding: value })}
          />
        </div>
      )}
      {file.mapped.length > 0 && (
        <>
          {follows('rows') && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.rows')}</span>
              <Select
                label={t('imports.mapping.rows')}
                value={rows ?? 'logs'}
                options={(['logs', 'metrics'] as const).map((value) => ({
                  value,
                  label: t(`imports.mapping.rows.${value}`),
                }))}
                onChange={(value) => set({ rows: value })}
              />
            </div>
          )}
          {follows('delimiter') && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.delimiter')}</span>
              <Select
                label={t('imports.mapping.delimiter')}
                value={DELIMITERS[mapping?.delimiter ?? file.mapping.delimiter ?? ',']}
                options={Object.values(DELIMITERS).map((value) => ({
                  value,
                  label: t(`imports.mapping.delimiter.${value}`),
                }))}
                onChange={(value) => {
                  const delimiter = MARKS.find((mark) => DELIMITERS[mark] === value)
                  if (delimiter !== undefined) set({ delimiter })
                }}
              />
            </div>
          )}
          {follows('decimal') && rows === 'metrics' && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.decimal')}</span>
              <Select
                label={t('imports.mapping.decimal')}
                value={mapping?.decimal ?? file.mapping.decimal ?? '.'}
                options={[
                  { value: '.', label: t('imports.mapping.decimal.point') },
                  { value: ',', label: t('imports.mapping.decimal.comma') },
                ]}
                onChange={(decimal) => set({ decimal })}
              />
            </div>
          )}
          {follows('header') && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.header')}</span>
              <Checkbox
                label={t('imports.mapping.headerYes')}
                checked={mapping?.header ?? file.mapping.header ?? true}
                onChange={(header) => set({ header })}
              />
            </div>
          )}
          {follows('dateOrder') && file.mapping.dateOrder !== undefined && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.dateOrder')}</span>
              <Select
                label={t('imports.mapping.dateOrder')}
                value={mapping?.dateOrder ?? file.mapping.dateOrder}
                options={(['mdy', 'dmy'] as const).map((value) => ({
                  value,
                  label: t(`imports.mapping.dateOrder.${value}`),
                }))}
                onChange={(value) => set({ dateOrder: value })}
              />
            </div>
          )}
          {follows('timeUnit') && (
            <div className={styles['pair']}>
              <span>{t('imports.mapping.timeUnit')}</span>
              <Select
                label={t('imports.mapping.timeUnit')}
                value={file.timeUnit}
                options={TIME_UNITS.map((value) => ({ value, label: t(`imports.timeUnit.${value}`) }))}
                onChange={(value) => set({ timeUnit: value })}
              />
            </div>
          )}
          {follows('timeZone') && (
            <Typed
              label={t('imports.mapping.timeZone')}
              value={mapping?.timeZone ?? file.mapping.timeZone ?? 'UTC'}
              wrong={(text) => (text === '' || isZone(text) ? undefined : t('app.settings.zoneWrong'))}
              onCommit={(text) => type('timeZone', text)}
            />
          )}
          {FIELDS.filter(follows).map((field) => (
            <Typed
              key={field}
              label={t(`imports.mapping.${field}`)}
              value={mapping?.[field] ?? file.mapping[field] ?? ''}
              list={list}
              placeholder={field === 'service' ? t('imports.mapping.serviceHint') : t('imports.mapping.noField')}
              onCommit={(text) => type(field, text)}
            />
          ))}
          {LISTS.filter(follows).map((field) => (
            <Typed
              key={field}
              label={t(`imports.mapping.${field}`)}
              value={(mapping?.[field] ?? file.mapping[field] ?? []).join(', ')}
              placeholder={t('imports.mapping.listHint')}
              onCommit={(text) => typeList(field, text)}
            />
          ))}
          <datalist id={list}>
            {file.fields.map((field) => (
              <option key={field} value={field} />
            ))}
          </datalist>
        </>
      )}
      {mapping !== undefined && (
        <Button kind="quiet" className={styles['reset'] ?? ''} onClick={() => onChange(undefined)}>
          {t('imports.mapping.reset')}
        </Button>
      )}
    </section>
  )
}

function Typed(props: CommitFieldProps) {
  return (
    <div className={styles['pair']}>
      <span>{props.label}</span>
      <CommitField mono {...props} />
    </div>
  )
}

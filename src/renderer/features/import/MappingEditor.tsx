// How a file is read, to be corrected: format and encoding for all, fields and times where a file has no fixed meaning.
// Every change asks for the preview again at once.

import { useId, useState } from 'react'
import type { Mapping } from '../../../shared/contract/import.ts'
import { useT } from '../../i18n/index.ts'
import { isZone } from '../../lib/zone.ts'
import { Button, Select, TextField } from '../../ui/index.ts'
import { ENCODINGS, FORMATS, formatName, TIME_UNITS } from './formats.ts'
import styles from './Import.module.css'
import type { PreviewFile } from './PreviewPage.tsx'

const FIELDS = ['time', 'level', 'service', 'message', 'traceId', 'spanId'] as const
type Field = (typeof FIELDS)[number]

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
  const follows = (key: string): boolean => file.mapped.includes(key)
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
          <div className={styles['pair']}>
            <span>{t('imports.mapping.timeUnit')}</span>
            <Select
              label={t('imports.mapping.timeUnit')}
              value={file.timeUnit}
              options={TIME_UNITS.map((value) => ({ value, label: t(`imports.timeUnit.${value}`) }))}
              onChange={(value) => set({ timeUnit: value })}
            />
          </div>
          <Typed
            label={t('imports.mapping.timeZone')}
            value={mapping?.timeZone ?? file.mapping.timeZone ?? 'UTC'}
            wrong={(text) => (text === '' || isZone(text) ? undefined : t('app.settings.zoneWrong'))}
            onType={(text) => type('timeZone', text)}
          />
          {FIELDS.filter(follows).map((field) => (
            <Typed
              key={field}
              label={t(`imports.mapping.${field}`)}
              value={mapping?.[field] ?? file.mapping[field] ?? ''}
              list={list}
              placeholder={field === 'service' ? t('imports.mapping.serviceHint') : t('imports.mapping.noField')}
              onType={(text) => type(field, text)}
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

interface TypedProps {
  readonly label: string
  readonly value: string
  readonly list?: string
  readonly placeholder?: string
  readonly wrong?: (text: string) => string | undefined
  readonly onType: (text: string) => void
}

/** A field that takes effect on Enter or when it is left: half a name is no field. */
function Typed({ label, value, list, placeholder, wrong, onType }: TypedProps) {
  const [text, setText] = useState<string>()
  const error = text === undefined ? undefined : wrong?.(text.trim())
  const apply = (): void => {
    if (text !== undefined && error === undefined && text.trim() !== value) onType(text)
    if (error === undefined) setText(undefined)
  }
  return (
    <div className={styles['pair']}>
      <span>{label}</span>
      <TextField
        label={label}
        mono
        value={text ?? value}
        error={error}
        onChange={setText}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            event.preventDefault()
            apply()
          }
        }}
        {...(list === undefined ? {} : { list })}
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </div>
  )
}

// The files of a preview: name, what it is taken for, how sure, what is wrong; a tick takes it along or leaves it out.

import { useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes } from '../../lib/format.ts'
import { Checkbox, StatusShape, VirtualList } from '../../ui/index.ts'
import { formatName, shownPath } from './formats.ts'
import styles from './Import.module.css'
import { tellingNames } from './names.ts'
import type { Mappings, PreviewFile } from './preview-file.ts'

export interface FileListProps {
  readonly files: readonly PreviewFile[]
  readonly mappings: Mappings
  readonly left: readonly string[]
  readonly selected: string | undefined
  readonly onSelect: (path: string) => void
  readonly onTake: (path: string, take: boolean) => void
}

export function FileList({ files, mappings, left, selected, onSelect, onTake }: FileListProps) {
  const t = useT()
  const names = useMemo(() => tellingNames(files.map(({ path }) => path)), [files])
  return (
    <VirtualList
      label={t('imports.files')}
      count={files.length}
      estimate={44}
      keyOf={(index) => files[index]?.path ?? index}
      selected={files.findIndex((f) => f.path === selected)}
      onSelect={(index) => {
        const file = files[index]
        if (file) onSelect(file.path)
      }}
      row={(index) => {
        const file = files[index]
        if (!file) return null
        const name = names.get(file.path) ?? file.path
        const readable = file.format !== 'unknown' || mappings[file.path] !== undefined
        const taken = readable && !left.includes(file.path)
        const tone = !readable
          ? 'critical'
          : file.problems.length > 0
            ? 'warning'
            : file.alreadyImported
              ? 'neutral'
              : 'ok'
        return (
          <div className={cx(styles['fileRow'], !taken && styles['faded'])}>
            <Checkbox
              label={<span className={styles['unseen']}>{t('imports.take', { name })}</span>}
              checked={taken}
              disabled={!readable}
              onChange={(take) => onTake(file.path, take)}
            />
            <div className={styles['fileText']}>
              <span className={styles['path']} title={shownPath(file.path)}>
                {name}
              </span>
              <span className={styles['dim']}>
                {formatName(t, mappings[file.path]?.format ?? file.format)} · {formatBytes(file.bytes)}
                {file.alreadyImported && ` · ${t('imports.already')}`}
              </span>
            </div>
            <StatusShape
              tone={tone}
              label={
                !readable
                  ? t('imports.unreadable')
                  : file.problems.length > 0
                    ? t('imports.problems')
                    : t('imports.fine')
              }
            />
          </div>
        )
      }}
    />
  )
}

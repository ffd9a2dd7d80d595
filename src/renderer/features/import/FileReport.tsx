// What became of one file: rows taken, rows skipped with their reasons and an example each, or why it could not be read.

import { say, useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { IconButton, StatusShape } from '../../ui/index.ts'
import { baseName, copyText } from '../../workbench/index.ts'
import { formatName, shownPath } from './formats.ts'
import styles from './Import.module.css'
import { problemText } from './problems.ts'
import { type ReportedFile, reportTsv } from './report-text.ts'

export function FileReport({ file }: { file: ReportedFile }) {
  const t = useT()
  const tone = file.error ? 'critical' : file.rowsSkipped > 0 ? 'warning' : file.alreadyImported ? 'neutral' : 'ok'
  return (
    <li className={styles['report']}>
      <div className={styles['reportHead']}>
        <StatusShape tone={tone} />
        <span className={styles['path']} title={shownPath(file.path)}>
          {baseName(file.path)}
        </span>
        <span className={styles['dim']}>{file.error ? '' : formatName(t, file.format)}</span>
        <div className={styles['space']} />
        <span>
          {file.error
            ? t('imports.notRead')
            : file.alreadyImported
              ? t('imports.already')
              : t('imports.rowsTaken', { count: file.rowsTaken, text: formatCount(file.rowsTaken) })}
        </span>
        {file.rowsSkipped > 0 && (
          <span className={styles['warn']}>{t('imports.rowsSkipped', { text: formatCount(file.rowsSkipped) })}</span>
        )}
        <IconButton
          icon="copy"
          label={t('imports.copyOne', { name: baseName(file.path) })}
          onClick={() => void copyText(reportTsv([file]))}
        />
      </div>
      {file.error && (
        <p className={styles['reportText']}>
          {say(file.error.message)} {say(file.error.hint ?? '')}
        </p>
      )}
      {(file.notes ?? []).map((note) => (
        <p key={note} className={styles['reportText']}>
          {problemText(t, note)}
        </p>
      ))}
      {file.skipped.length > 0 && (
        <table className={styles['skipped']}>
          <thead>
            <tr>
              <th scope="col">{t('imports.skipped.count')}</th>
              <th scope="col">{t('imports.skipped.reason')}</th>
              <th scope="col">{t('imports.skipped.line')}</th>
              <th scope="col">{t('imports.skipped.example')}</th>
            </tr>
          </thead>
          <tbody>
            {file.skipped.map((s) => (
              <tr key={`${s.line} ${s.reason}`}>
                <td>{formatCount(s.count)}</td>
                <td>{problemText(t, s.reason)}</td>
                <td>{formatCount(s.line)}</td>
                <td className={styles['example']} title={s.example}>
                  {s.example}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  )
}

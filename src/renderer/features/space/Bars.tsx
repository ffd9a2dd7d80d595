// Shares of a whole, as one bar and as rows that say the same in words: name, share, size.

import type { ReactNode } from 'react'
import { formatBytes, formatShare } from './words.ts'
import styles from './space.module.css'

export interface Share {
  readonly key: string
  readonly label: ReactNode
  readonly bytes: number
  /** CSS */
  readonly colour: string
  readonly note?: ReactNode
}

export function StackedBar({ shares, whole, label }: { shares: readonly Share[]; whole: number; label: string }) {
  return (
    <div className={styles['stack']} role="img" aria-label={label}>
      {shares.map(({ key, bytes, colour }) => (
        <i key={key} data-colour style={{ width: `${share(bytes, whole) * 100}%`, background: colour }} />
      ))}
    </div>
  )
}

export function ShareTable({
  shares,
  whole,
  caption,
  columns,
}: {
  shares: readonly Share[]
  whole: number
  caption: string
  columns: readonly [name: string, share: string, size: string, note: string]
}) {
  return (
    <table className={styles['shares']} aria-label={caption}>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shares.map(({ key, label, bytes, colour, note }) => (
          <tr key={key}>
            <th scope="row">
              <span className={styles['swatch']} data-colour style={{ background: colour }} />
              {label}
            </th>
            <td>
              <span className={styles['track']}>
                <i data-colour style={{ width: `${share(bytes, whole) * 100}%`, background: colour }} />
              </span>
              <span className={styles['percent']}>{formatShare(share(bytes, whole))}</span>
            </td>
            <td className={styles['size']}>{formatBytes(bytes)}</td>
            <td className={styles['note']}>{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const share = (bytes: number, whole: number): number => (whole <= 0 ? 0 : Math.min(1, bytes / whole))

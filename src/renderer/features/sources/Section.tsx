// A part of the form that is folded away: its summary tells what is set in it, and it opens when something in it is wrong.

import { type ReactNode, useState } from 'react'
import styles from './Sources.module.css'

interface SectionProps {
  readonly title: string
  readonly told: string
  readonly wrong?: boolean
  readonly children: ReactNode
}

export function Section({ title, told, wrong = false, children }: SectionProps) {
  const [open, setOpen] = useState(false)
  return (
    <details className={styles['section']} open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span>{title}</span> <span className={styles['told']}>{told}</span>
      </summary>
      <div className={styles['more']}>{children}</div>
    </details>
  )
}

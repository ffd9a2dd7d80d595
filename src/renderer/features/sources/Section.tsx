// A part of the form that is folded away: its summary tells what is set in it, and it opens when something in it is wrong.

import { type ReactNode, useState } from 'react'
import styles from './Sources.module.css'

interface DetailsProps {
  readonly wrong: boolean
  readonly className?: string | undefined
  readonly children: ReactNode
}

export function Details({ wrong, className, children }: DetailsProps) {
  const [open, setOpen] = useState(false)
  return (
    <details className={className} open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      {children}
    </details>
  )
}

interface SectionProps {
  readonly title: string
  readonly told: string
  readonly wrong?: boolean
  readonly children: ReactNode
}

export function Section({ title, told, wrong = false, children }: SectionProps) {
  return (
    <Details className={styles['section']} wrong={wrong}>
      <summary>
        <span>{title}</span> <span className={styles['told']}>{told}</span>
      </summary>
      <div className={styles['more']}>{children}</div>
    </Details>
  )
}

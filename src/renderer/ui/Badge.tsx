// Small marks: a state with its shape and word, a name with its colour, a chip that can be taken away.

import type { ReactNode } from 'react'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { categoryVar, type Tone, toneVar } from '../theme/palette.ts'
import styles from './Badge.module.css'
import { Icon } from './Icon.tsx'

/** Each tone has a shape of its own, so that colour is never the only sign; paths in a square of 12. */
export const SHAPES: Record<Tone, string> = {
  ok: 'M6 1a5 5 0 110 10A5 5 0 016 1z',
  note: 'M6 .5L11.5 6 6 11.5.5 6z',
  warning: 'M6 .8L11.6 11H.4z',
  critical: 'M3.5.8h5l2.7 2.7v5l-2.7 2.7h-5L.8 8.5v-5z',
  neutral: 'M1.5 4.8h9v2.4h-9z',
}

export function StatusShape({ tone, label }: { tone: Tone; label?: string }) {
  return (
    <svg
      className={styles['shape']}
      width="10"
      height="10"
      viewBox="0 0 12 12"
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      aria-hidden={label === undefined}
      data-colour
      style={{ color: toneVar(tone) }}
    >
      <path d={SHAPES[tone]} fill="currentColor" />
    </svg>
  )
}

export function Badge({
  tone = 'neutral',
  filled = false,
  children,
}: {
  tone?: Tone
  filled?: boolean
  children: ReactNode
}) {
  return (
    <span className={cx(styles['badge'], filled && styles['filled'], styles[tone])}>
      <StatusShape tone={tone} />
      {children}
    </span>
  )
}

/** A service (or any name) with the colour that it has everywhere. */
export function NameTag({ name, className }: { name: string; className?: string }) {
  // a colour without a name would be somebody's
  if (name === '') return <span className={cx(styles['noName'], className)}>–</span>
  return (
    <span className={cx(styles['name'], className)} title={name}>
      <span className={styles['swatch']} data-colour style={{ background: categoryVar(name) }} />
      <span className={styles['nameText']}>{name}</span>
    </span>
  )
}

export interface ChipProps {
  readonly children: ReactNode
  readonly onRemove?: () => void
  readonly onClick?: () => void
  readonly excluded?: boolean
  /** name for the remove button: "Remove filter service=checkout" */
  readonly removeLabel?: string
}

export function Chip({ children, onRemove, onClick, excluded = false, removeLabel }: ChipProps) {
  const t = useT()
  return (
    <span className={cx(styles['chip'], excluded && styles['excluded'])}>
      {onClick ? (
        <button type="button" className={styles['chipText']} onClick={onClick}>
          {children}
        </button>
      ) : (
        <span className={styles['chipText']}>{children}</span>
      )}
      {onRemove && (
        <button
          type="button"
          className={styles['chipRemove']}
          aria-label={removeLabel ?? t('ui.remove')}
          onClick={onRemove}
        >
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  )
}

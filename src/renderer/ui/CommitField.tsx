// A text field that takes effect on Enter or when it is left: half a name is no name. Escape gives back what stood there.

import { type KeyboardEvent, useId, useState } from 'react'
import { cx } from '../lib/cx.ts'
import styles from './Field.module.css'
import { TextField, type TextFieldProps } from './Field.tsx'

export interface CommitFieldProps
  extends Omit<TextFieldProps, 'value' | 'onChange' | 'error' | 'onBlur' | 'onKeyDown'> {
  readonly value: string
  /** what is wrong with a text, as a sentence; such a text has no effect and stays to be mended */
  readonly wrong?: (text: string) => string | undefined
  /** what the text belongs to: when that changes, a text that had no effect is forgotten */
  readonly about?: string
  /** what is wrong is said over what lies below instead of moving it: in bars of one line */
  readonly inBar?: boolean
  /** offered while typing; one that is chosen takes effect at once, and so does an emptied field */
  readonly options?: readonly string[]
  readonly onCommit: (text: string) => void
}

export function CommitField({
  value,
  wrong,
  about,
  inBar = false,
  options,
  onCommit,
  className,
  ...rest
}: CommitFieldProps) {
  const listId = useId()
  const [typed, setTyped] = useState<string>()
  // what was typed was meant for what stood there
  const [stood, setStood] = useState({ value, about })
  if (stood.value !== value || stood.about !== about) {
    setStood({ value, about })
    setTyped(undefined)
  }
  const error = typed === undefined ? undefined : wrong?.(typed.trim())
  const apply = (text: string | undefined): void => {
    if (text === undefined || wrong?.(text.trim()) !== undefined) return
    setTyped(undefined)
    if (text.trim() !== value) onCommit(text.trim())
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing || typed === undefined) return
    if (event.key === 'Enter') apply(typed)
    else if (event.key === 'Escape') setTyped(undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <TextField
        {...rest}
        error={error}
        className={cx(inBar && styles['inBar'], className)}
        {...(options && { list: listId })}
        value={typed ?? value}
        onChange={(next) => {
          setTyped(next)
          if (options && (next === '' || options.includes(next)) && next !== value) onCommit(next)
        }}
        onBlur={() => apply(typed)}
        onKeyDown={onKeyDown}
      />
      {options && (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  )
}

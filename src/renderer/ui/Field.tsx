// Where people type and tick. Every field has a visible label or an accessible name; errors stand under it.

import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Switch } from '@base-ui/react/switch'
import { type InputHTMLAttributes, type ReactNode, type Ref, type TextareaHTMLAttributes, useId } from 'react'
import { cx } from '../lib/cx.ts'
import styles from './Field.module.css'
import { Icon, type IconName } from './Icon.tsx'

export interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly label: string
  /** the label as text above the field; else it is only the accessible name */
  readonly showLabel?: boolean
  readonly icon?: IconName
  readonly error?: string | undefined
  readonly help?: ReactNode
  readonly mono?: boolean
  readonly onChange?: (value: string) => void
  readonly ref?: Ref<HTMLInputElement>
}

export function TextField({
  label,
  showLabel = false,
  icon,
  error,
  help,
  mono = false,
  onChange,
  className,
  ...rest
}: TextFieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? help
  return (
    <div className={cx(styles['field'], className)}>
      {showLabel && (
        <label htmlFor={id} className={styles['label']}>
          {label}
        </label>
      )}
      <div className={cx(styles['box'], error !== undefined && styles['wrong'])}>
        {icon && <Icon name={icon} className={styles['lead'] ?? ''} />}
        <input
          id={id}
          className={cx(styles['input'], mono && styles['mono'])}
          aria-label={showLabel ? undefined : label}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : noteId}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange?.(event.target.value)}
          {...rest}
        />
      </div>
      {note !== undefined && <Note id={noteId} text={note} wrong={error !== undefined} />}
    </div>
  )
}

function Note({ id, text, wrong }: { id: string; text: ReactNode; wrong: boolean }) {
  return (
    <div id={id} className={cx(styles['note'], wrong && styles['error'])} role={wrong ? 'alert' : undefined}>
      {text}
    </div>
  )
}

export interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange'> {
  readonly label: string
  readonly showLabel?: boolean
  readonly error?: string | undefined
  readonly help?: ReactNode
  readonly onChange?: (value: string) => void
  readonly ref?: Ref<HTMLTextAreaElement>
}

export function TextArea({ label, showLabel = false, error, help, onChange, className, ...rest }: TextAreaProps) {
  const id = useId()
  const note = error ?? help
  return (
    <div className={cx(styles['field'], className)}>
      {showLabel && (
        <label htmlFor={id} className={styles['label']}>
          {label}
        </label>
      )}
      <textarea
        id={id}
        className={cx(styles['area'], error !== undefined && styles['wrong'])}
        aria-label={showLabel ? undefined : label}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(event) => onChange?.(event.target.value)}
        {...rest}
      />
      {note !== undefined && <Note id={`${id}-note`} text={note} wrong={error !== undefined} />}
    </div>
  )
}

/** By these names the linter knows them as the inputs of their labels (biome.json). */
const CheckboxRoot = BaseCheckbox.Root
const SwitchRoot = Switch.Root

interface TickProps {
  readonly label: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
}

export function Checkbox({ label, checked, onChange, disabled = false }: TickProps) {
  return (
    <label className={styles['tick']}>
      <CheckboxRoot className={styles['checkbox']} checked={checked} disabled={disabled} onCheckedChange={onChange}>
        <BaseCheckbox.Indicator className={styles['mark']}>
          <Icon name="check" size={12} />
        </BaseCheckbox.Indicator>
      </CheckboxRoot>
      <span>{label}</span>
    </label>
  )
}

export function Toggle({ label, checked, onChange, disabled = false }: TickProps) {
  return (
    <label className={styles['tick']}>
      <SwitchRoot className={styles['switch']} checked={checked} disabled={disabled} onCheckedChange={onChange}>
        <Switch.Thumb className={styles['thumb']} />
      </SwitchRoot>
      <span>{label}</span>
    </label>
  )
}

// Every command with its keys: changed by pressing them, with conflicts in sight, put back one by one or all, kept as a file.

import { type KeyboardEvent, useState } from 'react'
import { type MessageKey, useT } from '../i18n/index.ts'
import { isMac, keyCaps } from '../lib/keys.ts'
import { saveText } from '../lib/save-text.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { KeyHint } from '../ui/KeyHint.tsx'
import { strokeOf } from '../workbench/keymap.ts'
import { lastingCommands } from '../workbench/own-commands.ts'
import { conflictsOf, type Keymap, type KnownCommand, withOwnKeys } from '../workbench/own-keys.ts'
import { toast } from '../workbench/toasts.ts'
import { isFound, usePage } from './settings-rows.tsx'
import styles from './Settings.module.css'
import { VIEW_COMMANDS } from './view-commands.ts'

/** The keymap of a file; undefined when it holds something else. */
function keymapOf(text: string): Record<string, string[]> | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const entries = Object.entries(parsed)
  return entries.every(([, keys]) => Array.isArray(keys) && keys.every((k) => typeof k === 'string'))
    ? Object.fromEntries(entries as Array<[string, string[]]>)
    : undefined
}

const exportKeys = (keymap: Keymap): void =>
  saveText([JSON.stringify(keymap, null, 2)], 'watchdeck-keys.json', 'application/json')

export function KeymapEditor() {
  const t = useT()
  const { settings, set, reset } = usePage()
  const [text, setText] = useState('')
  const [editing, setEditing] = useState<string>()
  const { keymap } = settings
  const known = new Map<string, KnownCommand>()
  for (const command of [...VIEW_COMMANDS, ...lastingCommands()]) known.set(command.id, command)
  const all = [...known.values()].map((command) => ({
    ...command,
    ...withOwnKeys({ ...command, run: () => {} }, keymap),
  }))
  const lasting = new Set(lastingCommands().map(({ id }) => id))
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = all.filter((c) => isFound(words, t(c.title), c.id, ...(c.keys ?? [])))
  const groups = new Map<MessageKey, typeof all>()
  for (const command of shown) {
    const group = command.group ?? 'workbench.group.general'
    groups.set(group, [...(groups.get(group) ?? []), command])
  }
  const keep = (id: string, keys: readonly string[]): void => {
    setEditing(undefined)
    set({ keymap: { ...copied(keymap), [id]: [...keys] } })
  }
  const putBack = (id: string): void =>
    set({ keymap: Object.fromEntries(Object.entries(copied(keymap)).filter(([other]) => other !== id)) })
  const take = async (chosen: File): Promise<void> => {
    const next = keymapOf(await chosen.text())
    if (next) set({ keymap: next })
    else toast(t('settings.importWrong'), { tone: 'critical', detail: t('settings.importWrongText') })
  }
  return (
    <>
      <p>{t('settings.keysHelp')}</p>
      <div className={styles['bar']}>
        <TextField
          label={t('settings.keysSearch')}
          placeholder={t('settings.keysSearch')}
          icon="search"
          value={text}
          onChange={setText}
        />
        <Button onClick={() => exportKeys(keymap)}>{t('settings.export')}</Button>
        <FileButton
          label={t('settings.import')}
          accept="application/json,.json"
          testId="keymap-file"
          onFile={(chosen) => void take(chosen)}
        />
        <Button disabled={Object.keys(keymap).length === 0} onClick={() => reset(['keymap'], t('settings.keys'))}>
          {t('settings.resetAll')}
        </Button>
      </div>
      <div className={styles['keys']}>
        {[...groups].map(([group, commands]) => (
          <div key={group} style={{ display: 'contents' }}>
            <h3>{t(group)}</h3>
            {commands.map((command) => {
              const name = t(command.title)
              // two views never are on screen at once: their keys meet those that hold everywhere, and their own
              const others = conflictsOf(
                command,
                all.filter((c) => lasting.has(command.id) === lasting.has(c.id) && c.group === command.group),
              )
              return (
                <div key={command.id} style={{ display: 'contents' }} data-command={command.id}>
                  <span>{name}</span>
                  <span className={styles['given']}>
                    {editing === command.id ? (
                      <Recorder
                        label={t('settings.press', { name })}
                        onKeep={(keys) => keep(command.id, [keys])}
                        onLeave={() => setEditing(undefined)}
                      />
                    ) : command.keys?.length ? (
                      command.keys.map((keys) => <KeyHint key={keys} keys={keys} />)
                    ) : (
                      <span>{t('settings.noKeys')}</span>
                    )}
                    {others.length > 0 && (
                      <span className={styles['conflict']} role="note">
                        {t('settings.conflict', { names: others.map((o) => t(o.title)).join(', ') })}
                      </span>
                    )}
                  </span>
                  <span className={styles['given']}>
                    <Button
                      kind="quiet"
                      aria-label={t('settings.change', { name })}
                      onClick={() => setEditing(command.id)}
                    >
                      {t('settings.changeOne')}
                    </Button>
                    {command.keys?.length ? (
                      <Button
                        kind="quiet"
                        icon="close"
                        aria-label={t('settings.remove', { name })}
                        onClick={() => keep(command.id, [])}
                      />
                    ) : null}
                    {Object.hasOwn(keymap, command.id) && (
                      <Button
                        kind="quiet"
                        aria-label={t('settings.reset', { name })}
                        onClick={() => putBack(command.id)}
                      >
                        {t('settings.resetOne')}
                      </Button>
                    )}
                  </span>
                </div>
              )
            })}
          </div>
        ))}
      </div>
    </>
  )
}

const copied = (keymap: Keymap): Record<string, string[]> =>
  Object.fromEntries(Object.entries(keymap).map(([id, keys]) => [id, [...keys]]))

const focusWhenShown = (input: HTMLInputElement | null): void => input?.focus()

/** Takes one stroke, or two after another. What an input method composes is no key. */
function Recorder({ label, onKeep, onLeave }: { label: string; onKeep: (keys: string) => void; onLeave: () => void }) {
  const [strokes, setStrokes] = useState<readonly string[]>([])
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229 || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (['Shift', 'Control', 'Meta', 'Alt', 'Process', 'Dead', 'AltGraph', 'CapsLock'].includes(event.key)) return
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
    if (plain && event.key === 'Escape') return onLeave()
    if (plain && event.key === 'Enter') return strokes.length > 0 ? onKeep(strokes.join(' ')) : onLeave()
    const stroke = strokeOf({ ...keysOf(event), typing: false }, isMac())
    setStrokes(strokes.length >= 2 ? [stroke] : [...strokes, stroke])
  }
  return (
    <input
      ref={focusWhenShown}
      readOnly
      aria-label={label}
      value={strokes.map((stroke) => keyCaps(stroke, isMac()).join(' + ')).join('  ')}
      onKeyDown={press}
      onBlur={onLeave}
    />
  )
}

const keysOf = (event: KeyboardEvent) => ({
  key: event.key,
  ctrlKey: event.ctrlKey,
  metaKey: event.metaKey,
  altKey: event.altKey,
  shiftKey: event.shiftKey,
  isComposing: false,
  keyCode: event.keyCode,
})

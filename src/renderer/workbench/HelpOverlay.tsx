// `?`: the keys that work where one is.

import { useT } from '../i18n/index.ts'
import type { MessageKey } from '../i18n/index.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { KeyHint } from '../ui/KeyHint.tsx'
import { useActiveCommands } from './commands.ts'
import { helpTopic } from './HelpLink.tsx'
import { linkTo } from './links.ts'
import { closeOverlay, useOverlay } from './overlays.ts'
import { useOwnKeys } from './own-keys.ts'
import { allCommands } from './own-commands.ts'
import styles from './workbench.module.css'

const LIST_KEYS: ReadonlyArray<{ keys: readonly string[]; title: MessageKey }> = [
  { keys: ['j', 'k', 'ArrowDown', 'ArrowUp'], title: 'workbench.help.move' },
  { keys: ['Enter'], title: 'workbench.help.open' },
  { keys: ['.'], title: 'workbench.help.menu' },
  { keys: ['Mod+c'], title: 'workbench.help.copy' },
]

export function KeyList() {
  const t = useT()
  useActiveCommands()
  useOwnKeys()
  const groups = new Map<MessageKey, Array<{ keys: readonly string[]; title: MessageKey }>>()
  for (const command of allCommands()) {
    if (!command.keys?.length || (command.when && !command.when())) continue
    const group = command.group ?? 'workbench.group.general'
    groups.set(group, [...(groups.get(group) ?? []), { keys: command.keys, title: command.title }])
  }
  groups.set('workbench.group.lists', [...LIST_KEYS])
  return (
    <div className={styles['keys']}>
      {[...groups].map(([group, entries]) => (
        <section key={group}>
          <h3>{t(group)}</h3>
          <dl>
            {entries.map((entry) => (
              <div key={entry.title + entry.keys.join()}>
                <dt>{t(entry.title)}</dt>
                <dd>
                  {entry.keys.map((k) => (
                    <KeyHint key={k} keys={k} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}

export function HelpOverlay() {
  const t = useT()
  const open = useOverlay((s) => s.open === 'help')
  return (
    <Dialog open={open} onClose={closeOverlay} title={t('workbench.help.title')} width="wide">
      {/* first: it takes the focus, and what has the focus is scrolled to */}
      <p className={styles['helpMore']}>
        <a href={linkTo('help', {}, { path: helpTopic() })} onClick={closeOverlay}>
          {t('workbench.help.more')}
        </a>
      </p>
      <KeyList />
    </Dialog>
  )
}

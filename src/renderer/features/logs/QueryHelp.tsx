// What one can write in the query row, with examples that run when clicked.

import type { MessageKey } from '../../i18n/index.ts'
import { useT } from '../../i18n/index.ts'
import { IconButton, Popover } from '../../ui/index.ts'
import styles from './logs.module.css'

const EXAMPLES: ReadonlyArray<readonly [query: string, meaning: MessageKey]> = [
  ['timeout', 'logs.help.word'],
  ['"after 250 ms"', 'logs.help.phrase'],
  ["'TimeoutException'", 'logs.help.case'],
  ['conn*refused', 'logs.help.wildcard'],
  ['/5\\d\\d after \\d+ ms/', 'logs.help.regex'],
  ['level>=warn', 'logs.help.level'],
  ['service:payment', 'logs.help.field'],
  ['service:(cart OR payment)', 'logs.help.oneOf'],
  ['http.response.status_code>=500', 'logs.help.number'],
  ['http.route:*', 'logs.help.exists'],
  ['timeout -level:debug', 'logs.help.without'],
  ['(timeout OR refused) service:payment', 'logs.help.group'],
]

export function QueryHelp({ onTry }: { onTry: (query: string) => void }) {
  const t = useT()
  return (
    <Popover
      label={t('logs.help.title')}
      align="end"
      trigger={<IconButton icon="question" label={t('logs.help.title')} />}
    >
      <div className={styles['help']}>
        <table>
          <tbody>
            {EXAMPLES.map(([query, meaning]) => (
              <tr key={query}>
                <td>
                  <button type="button" className={styles['example']} onClick={() => onTry(query)}>
                    {query}
                  </button>
                </td>
                <td>{t(meaning)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className={styles['hint']}>{t('logs.help.more')}</p>
      </div>
    </Popover>
  )
}

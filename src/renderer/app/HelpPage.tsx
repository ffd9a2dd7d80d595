// The keys and the ideas of the program on one page.

import { useT } from '../i18n/index.ts'
import { KeyList } from '../workbench/HelpOverlay.tsx'
import styles from './App.module.css'

const IDEAS = [
  'source',
  'range',
  'filter',
  'pin',
  'completeness',
  'warRoom',
  'file',
  'criticalPath',
  'selfTime',
] as const

export default function HelpPage() {
  const t = useT()
  return (
    <div className={styles['page']}>
      <section className={styles['section']}>
        <h2>{t('app.help.ideas')}</h2>
        <dl className={styles['ideas']}>
          {IDEAS.map((idea) => (
            <div key={idea} style={{ display: 'contents' }}>
              <dt>{t(`app.help.${idea}`)}</dt>
              <dd>{t(`app.help.${idea}Text`)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className={styles['section']}>
        <h2>{t('app.help.keys')}</h2>
        <KeyList />
      </section>
    </div>
  )
}

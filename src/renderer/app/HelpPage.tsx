// Help on one page: first steps, ideas, query languages, keys; a search narrows all of it.

import { type MessageKey, useT } from '../i18n/index.ts'
import { TextField } from '../ui/Field.tsx'
import { EmptyState } from '../ui/State.tsx'
import { KeyList } from '../workbench/HelpOverlay.tsx'
import { useParam } from '../workbench/place-store.ts'
import styles from './App.module.css'

const STEPS = ['step1', 'step2', 'step3', 'step4', 'step5'] as const
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
  'clock',
  'redaction',
  'job',
] as const

const LANGUAGES: ReadonlyArray<{ title: MessageKey; examples: ReadonlyArray<readonly [string, MessageKey]> }> = [
  {
    title: 'app.help.logs',
    examples: [
      ['timeout payment', 'app.help.logs1'],
      ['"connection reset"', 'app.help.logs2'],
      ['service:checkout  user.id:*', 'app.help.logs3'],
      ['level>=warn', 'app.help.logs4'],
      ['http.status_code>=500', 'app.help.logs5'],
      ['/retry \\d+ of \\d+/', 'app.help.logs6'],
      ['(timeout OR refused) -service:batch', 'app.help.logs7'],
    ],
  },
  {
    title: 'app.help.metrics',
    examples: [
      ['sum by (service) (rate(http_requests_total[5m]))', 'app.help.metrics1'],
      ['histogram_quantile(0.95, sum by (le) (rate(http_duration_bucket[5m])))', 'app.help.metrics2'],
      ['rate(errors_total[5m]) - rate(errors_total[5m] offset 1h)', 'app.help.metrics3'],
    ],
  },
  {
    title: 'app.help.timeRange',
    examples: [
      ['15m', 'app.help.range1'],
      ['14:00 - 16:00', 'app.help.range2'],
      ['now-3h .. now-1h', 'app.help.range3'],
    ],
  },
]

export default function HelpPage() {
  const t = useT()
  const [text, setText] = useParam<string>('q', '')
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (...parts: string[]): boolean => {
    const whole = parts.join(' ').toLowerCase()
    return words.every((word) => whole.includes(word))
  }
  const entries = (names: readonly (typeof STEPS)[number][] | readonly (typeof IDEAS)[number][]) =>
    names
      .map((name) => ({ name, title: t(`app.help.${name}`), text: t(`app.help.${name}Text`) }))
      .filter((entry) => matches(entry.title, entry.text))
  const sections = [
    { title: t('app.help.start'), entries: entries(STEPS) },
    { title: t('app.help.ideas'), entries: entries(IDEAS) },
  ].filter((section) => section.entries.length > 0)
  const languages = LANGUAGES.map((language) => ({
    ...language,
    examples: language.examples.filter(([query, says]) => matches(t(language.title), query, t(says))),
  })).filter((language) => language.examples.length > 0)
  const keys = words.length === 0 || matches(t('app.help.keys'))
  return (
    <div className={styles['page']}>
      <TextField
        className={styles['search'] ?? ''}
        label={t('app.help.search')}
        placeholder={t('app.help.search')}
        icon="search"
        value={text}
        onChange={(next) => setText(next === '' ? undefined : next, { replace: true })}
      />
      {sections.map((section) => (
        <section key={section.title} className={styles['section']}>
          <h2>{section.title}</h2>
          <dl className={styles['ideas']}>
            {section.entries.map((entry) => (
              <div key={entry.name} style={{ display: 'contents' }}>
                <dt>{entry.title}</dt>
                <dd>{entry.text}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {languages.length > 0 && (
        <section className={styles['section']}>
          <h2>{t('app.help.languages')}</h2>
          <div className={styles['examples']}>
            {languages.map((language) => (
              <div key={language.title} style={{ display: 'contents' }}>
                <h3>{t(language.title)}</h3>
                {language.examples.map(([query, says]) => (
                  <div key={query} style={{ display: 'contents' }}>
                    <code className={styles['mono']}>{query}</code>
                    <span>{t(says)}</span>
                  </div>
                ))}
              </div>
            ))}
          </div>
        </section>
      )}
      {keys && (
        <section className={styles['section']}>
          <h2>{t('app.help.keys')}</h2>
          <KeyList />
        </section>
      )}
      {sections.length === 0 && languages.length === 0 && !keys && <EmptyState title={t('app.help.none')} />}
    </div>
  )
}

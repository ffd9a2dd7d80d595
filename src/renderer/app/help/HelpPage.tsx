// Help: the guide of docs/ with its references, searched together; a section has an address of its own. The keys are those that
// hold now.

import { useEffect, useMemo, useRef } from 'react'
import { useT } from '../../i18n/index.ts'
import { useLanguage } from '../../lib/preferences.ts'
import { Button } from '../../ui/Button.tsx'
import { TextField } from '../../ui/Field.tsx'
import { Markdown } from '../../ui/Markdown.tsx'
import { EmptyState } from '../../ui/State.tsx'
import { KeyList } from '../../workbench/HelpOverlay.tsx'
import { linkTo } from '../../workbench/links.ts'
import { useParam, usePlace } from '../../workbench/place-store.ts'
import { takeTour, TOUR, useTour } from '../tour/tour.ts'
import { type Document, guideOf, references } from './documents.ts'
import { type Section, textOf } from './guide.ts'
import styles from './Help.module.css'
import { findIn, wordsOf } from './search.ts'

/** The id of the section of keys, which is no text but the list that holds now. */
const KEYS = 'keys-now'

/** Links of the texts keep the range and the filters that hold. */
const hrefOf = (path: readonly string[]): string => linkTo('help', {}, { path })

export default function HelpPage() {
  const t = useT()
  const language = useLanguage()
  const guide = useMemo(() => guideOf(language, hrefOf), [language])
  const books = useMemo(() => references(hrefOf, language), [language])
  const [text, setText] = useParam<string>('q', '')
  const [topic, part] = usePlace().path
  const book = books.find(({ id }) => id === topic)
  const page = useRef<HTMLDivElement>(null)
  const wanted = book ? part : topic
  useEffect(() => {
    if (text !== '') return
    const section =
      wanted === undefined ? undefined : page.current?.querySelector(`[data-section="${CSS.escape(wanted)}"]`)
    if (!section) page.current?.parentElement?.scrollTo(0, 0)
    section?.scrollIntoView({ block: 'start' })
    section?.querySelector('h2')?.focus({ preventScroll: true })
  }, [wanted, text])
  return (
    <div className={styles['help']} ref={page}>
      <nav className={styles['contents']} aria-label={t('app.help.contents')}>
        <TextField
          label={t('app.help.search')}
          placeholder={t('app.help.search')}
          icon="search"
          value={text}
          onChange={(next) => setText(next === '' ? undefined : next, { replace: true })}
        />
        <ul>
          {guide.sections.map(({ id, title }) => (
            <Entry key={id} path={[id]} title={title} here={!book && topic === id} />
          ))}
          <Entry path={[KEYS]} title={t('app.help.keys')} here={topic === KEYS} />
        </ul>
        <h2>{t('app.help.references')}</h2>
        <ul>
          {books.map(({ id, title }) => (
            <Entry key={id} path={[id]} title={title} here={topic === id} />
          ))}
        </ul>
      </nav>
      <div className={styles['text']}>
        {text !== '' ? (
          <Results text={text} guide={guide.sections} books={books} />
        ) : book ? (
          <Parts sections={book.sections} />
        ) : (
          <>
            <TourButton />
            <Markdown text={guide.lead} className={styles['prose']} />
            <Parts sections={guide.sections} />
            <section data-section={KEYS}>
              <h2 tabIndex={-1}>{t('app.help.keys')}</h2>
              <KeyList />
            </section>
          </>
        )}
      </div>
    </div>
  )
}

function TourButton() {
  const t = useT()
  const { at, left } = useTour()
  if (at !== undefined) return null
  return (
    <p className={styles['tour']}>
      <Button icon="play" onClick={() => takeTour()}>
        {left > 0 ? t('app.tour.resume', { n: left + 1, of: TOUR.length }) : t('app.tour.take')}
      </Button>
      {left > 0 && (
        <Button kind="quiet" onClick={() => takeTour(0)}>
          {t('app.tour.again')}
        </Button>
      )}
    </p>
  )
}

function Entry({ path, title, here }: { path: readonly string[]; title: string; here: boolean }) {
  return (
    <li>
      <a href={hrefOf(path)} aria-current={here ? 'true' : undefined}>
        {title}
      </a>
    </li>
  )
}

function Parts({ sections }: { sections: readonly Section[] }) {
  return sections.map(({ id, title, blocks }) => (
    <section key={id} data-section={id}>
      <h2 tabIndex={-1}>{title}</h2>
      <Markdown text={textOf(blocks)} className={styles['prose']} />
    </section>
  ))
}

function Results({ text, guide, books }: { text: string; guide: readonly Section[]; books: readonly Document[] }) {
  const t = useT()
  const words = useMemo(() => wordsOf(text), [text])
  const results = useMemo(() => {
    const all = [{ id: undefined, title: undefined, sections: guide }, ...books].map((document) => ({
      document,
      ...findIn(document.sections, text),
    }))
    // what has all words, in whichever text, before what has some
    const whole = all.some(({ found, whole }) => whole && found.length > 0)
    return all.filter((one) => one.found.length > 0 && (one.whole || !whole)).map((one) => ({ ...one, partly: !whole }))
  }, [text, guide, books])
  const count = results.reduce((sum, { found }) => sum + found.length, 0)
  return (
    <>
      <p role="status" className={styles['count']}>
        {count > 0 && t(results[0]?.partly ? 'app.help.partly' : 'app.help.found', { count })}
      </p>
      {results.length === 0 && <EmptyState title={t('app.help.none')} />}
      {results.map(({ document, found }) =>
        found.map(({ section, blocks }) => (
          <section key={`${document.id} ${section.id}`}>
            <h2>
              <a
                href={linkTo(
                  'help',
                  {},
                  { path: document.id === undefined ? [section.id] : [document.id, section.id] },
                )}
              >
                {document.title !== undefined && section.id !== 'top'
                  ? `${document.title} › ${section.title}`
                  : section.title}
              </a>
            </h2>
            <Markdown text={textOf(blocks)} className={styles['prose']} marks={words} />
          </section>
        )),
      )}
    </>
  )
}

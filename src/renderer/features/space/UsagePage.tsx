// What takes room: the parts of the data folder, the sources in the stores, the largest files.

import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useJob } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { Button, Time } from '../../ui/index.ts'
import { linkTo, toast, toastError } from '../../workbench/index.ts'
import { type Share, ShareTable, StackedBar } from './Bars.tsx'
import { formatBytes, keptByText, nsOf } from './words.ts'
import styles from './space.module.css'

type Usage = MethodOutput<'space.usage'>
/** Rows of sources that are shown at once; the clean-up lists them all. */
const SOURCES_SHOWN = 30
/** Less than this is not worth a word. */
const WORTH_BYTES = 1 << 20

const colour = (index: number): string => `var(--cat-${(index % 10) + 1})`

export function UsagePage({ usage }: { usage: Usage }) {
  const t = useT()
  const parts = usage.parts
    .map((part, i) => ({ ...part, colour: colour(i) }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .map(
      ({ part, bytes, freeBytes, colour: own }): Share => ({
        key: part,
        label: t(`space.parts.${part}`),
        bytes,
        colour: own,
        note: (
          <>
            {t(`space.how.${part}`)}
            {freeBytes >= WORTH_BYTES && <b> {t('space.freeInside', { bytes: formatBytes(freeBytes) })}</b>}
          </>
        ),
      }),
    )
  const inStores = usage.sources.reduce((sum, { bytes }) => sum + bytes, 0)
  const columns = [t('space.col.what'), t('space.col.share'), t('space.col.size'), t('space.col.how')] as const
  return (
    <>
      <section className={styles['section']}>
        <h2>{t('space.usage.folder')}</h2>
        <p className={styles['mono']}>{usage.dataDir}</p>
        <StackedBar
          shares={parts}
          whole={usage.totalBytes}
          label={parts.map(({ label, bytes }) => `${String(label)} ${formatBytes(bytes)}`).join(', ')}
        />
        <ShareTable shares={parts} whole={usage.totalBytes} caption={t('space.usage.folder')} columns={columns} />
        <Reclaim usage={usage} />
      </section>
      {usage.kinds.some(({ bytes }) => bytes > 0) && (
        <section className={styles['section']}>
          <h2>{t('space.usage.kinds')}</h2>
          <ShareTable
            whole={inStores}
            caption={t('space.usage.kinds')}
            columns={[columns[0], columns[1], columns[2], t('space.col.rows')]}
            shares={usage.kinds.map(({ kind, sources, rows, bytes }, i) => ({
              key: kind,
              label: t(`space.kind.${kind}`),
              bytes,
              colour: colour(i),
              note: t('space.usage.ofKind', { sources, rows: formatCount(rows) }),
            }))}
          />
        </section>
      )}
      {usage.sources.length > 0 && (
        <section className={styles['section']}>
          <h2>{t('space.usage.sources')}</h2>
          <p className={styles['dim']}>{t('space.usage.shared')}</p>
          <ShareTable
            whole={inStores}
            caption={t('space.usage.sources')}
            columns={[columns[0], columns[1], columns[2], t('space.col.kept')]}
            shares={usage.sources.slice(0, SOURCES_SHOWN).map((source) => ({
              key: source.id,
              label: <a href={linkTo('import', {}, { path: [source.id] })}>{source.name}</a>,
              bytes: source.bytes,
              colour: colour(usage.kinds.findIndex(({ kind }) => kind === source.kind)),
              note:
                source.state === 'removed' ? (
                  <>
                    {t('space.usage.going')} <Time ns={nsOf(source.undoUntil)} day precision="min" />
                  </>
                ) : (
                  keptByText(t, source.keptBy)
                ),
            }))}
          />
          {usage.sources.length > SOURCES_SHOWN && (
            <p className={styles['dim']}>{t('space.usage.more', { count: usage.sources.length - SOURCES_SHOWN })}</p>
          )}
        </section>
      )}
      <details className={styles['section']}>
        <summary>{t('space.usage.files', { count: usage.files.length })}</summary>
        <table className={styles['plain']}>
          <tbody>
            {usage.files.map(({ path, bytes, changedAt }) => (
              <tr key={path}>
                <td className={styles['mono']}>{path}</td>
                <td className={styles['size']}>{formatBytes(bytes)}</td>
                <td>
                  <Time ns={nsOf(changedAt)} day precision="min" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}

/** Room that deleted rows left inside of the stores, and what still waits for its undo to end. */
function Reclaim({ usage }: { usage: Usage }) {
  const t = useT()
  const job = useJob('space.reclaim')
  const free = usage.parts.reduce((sum, { freeBytes }) => sum + freeBytes, 0)
  const trash = usage.parts.find(({ part }) => part === 'trash')?.bytes ?? 0
  const going = trash + usage.sources.reduce((sum, { state, bytes }) => sum + (state === 'removed' ? bytes : 0), 0)
  const run = async (purge: boolean): Promise<void> => {
    try {
      const { beforeBytes, afterBytes } = await job.start({ purge })
      toast(t('space.reclaim.done', { bytes: formatBytes(Math.max(0, beforeBytes - afterBytes)) }))
    } catch (error) {
      toastError(asWatchdeckError(error), t('space.reclaim.failed'))
    }
  }
  if (job.running)
    return (
      <div className={styles['actions']}>
        <progress value={job.progress?.fraction ?? undefined} max={1} aria-label={t('space.reclaim.running')} />
        <span>{t('space.reclaim.running')}</span>
        <Button onClick={job.cancel}>{t('ui.cancel')}</Button>
      </div>
    )
  return (
    <div className={styles['actions']}>
      <a className={styles['primaryLink']} href={linkTo('space', { part: 'clean' })}>
        {t('space.clean.title')}
      </a>
      {free >= WORTH_BYTES && (
        <Button onClick={() => void run(false)}>{t('space.reclaim.free', { bytes: formatBytes(free) })}</Button>
      )}
      {going > 0 && (
        <Button kind="danger" onClick={() => void run(true)}>
          {t('space.reclaim.purge', { bytes: formatBytes(going) })}
        </Button>
      )}
    </div>
  )
}

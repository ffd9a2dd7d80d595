// Everything that can be chosen, each with what it does; searchable, with what was changed marked and a way back that can itself
// be undone. A change holds at once.

import { useState } from 'react'
import type { MethodInput } from '../../shared/contract/index.ts'
import type { OwnSetting } from '../../shared/contract/settings.ts'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../lib/engine/index.ts'
import { formatBytes } from '../lib/format.ts'
import { adoptPreferences } from '../lib/preferences.ts'
import { isZone } from '../lib/zone.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/Field.tsx'
import { EmptyState, ErrorState, Skeleton } from '../ui/State.tsx'
import { copyText } from '../workbench/copy.ts'
import { linkTo } from '../workbench/links.ts'
import { useParam } from '../workbench/place-store.ts'
import { toast, toastError, undoBy } from '../workbench/toasts.ts'
import { KeymapEditor } from './KeymapEditor.tsx'
import { PrivacySettings } from './PrivacySettings.tsx'
import { SecretsSection } from './SecretsSection.tsx'
import { Choice, isFound, type Page, PageProvider, Row, usePage } from './settings-rows.tsx'
import styles from './App.module.css'
import own from './Settings.module.css'

export default function SettingsPage() {
  const t = useT()
  const { data: settings, error, refetch } = useMethod('settings.get', {})
  const { data: defaults } = useMethod('settings.defaults', {})
  const save = useCommand('settings.set')
  const back = useCommand('settings.reset')
  const [text, setText] = useParam<string>('q', '')
  const failed = (thrown: unknown): void => void toastError(asWatchdeckError(thrown), t('app.settings.failed'))
  if (error && !settings) return <ErrorState error={error} onRetry={refetch} />
  if (!settings || !defaults)
    return (
      <div className={styles['page']}>
        <Skeleton lines={16} />
      </div>
    )
  const set = (change: MethodInput<'settings.set'>): void => {
    const { theme, contrast, language, zone, density } = change
    // what is seen follows before the engine has answered
    adoptPreferences({
      ...(theme ? { theme } : {}),
      ...(contrast ? { contrast } : {}),
      ...(language ? { language } : {}),
      ...(zone ? { zone } : {}),
      ...(density ? { density } : {}),
    })
    save.run(change).catch(failed)
  }
  const reset = async (names: readonly OwnSetting[] | undefined, message: string): Promise<void> => {
    const { receiver: _receiver, tour: _tour, ...before } = settings
    const undo = names ? Object.fromEntries(names.map((name) => [name, settings[name]])) : before
    try {
      await back.run(names ? { names: [...names] } : {})
      toast(message, { action: undoBy('settings.set', undo, t('app.settings.failed')) })
    } catch (thrown) {
      failed(thrown)
    }
  }
  const page: Page = {
    settings,
    defaults,
    words: text.toLowerCase().split(/\s+/).filter(Boolean),
    set,
    reset: (names, label) => void reset(names, t('settings.wasReset', { name: label })),
  }
  return (
    <PageProvider value={page}>
      <div className={styles['page']}>
        <div className={own['bar']}>
          <TextField
            label={t('settings.search')}
            placeholder={t('settings.search')}
            icon="search"
            value={text}
            onChange={(next) => setText(next === '' ? undefined : next, { replace: true })}
          />
          <Button onClick={() => void reset(undefined, t('settings.allReset'))}>{t('settings.resetAll')}</Button>
          <span className={styles['dim']}>{t('settings.applied')}</span>
        </div>
        <Sections page={page} />
      </div>
    </PageProvider>
  )
}

function Sections({ page }: { page: Page }) {
  const t = useT()
  const { words } = page
  const look = useLook()
  const limits = useLimits()
  const found = <T extends { label: string; help: string; name: string }>(rows: readonly T[]): boolean =>
    rows.some((row) => isFound(words, row.label, row.help, row.name))
  const privacy = isFound(words, t('app.settings.redaction'), t('app.settings.redactionText'), t('settings.own'))
  const keys = isFound(words, t('settings.keys'), t('settings.keysHelp'))
  const data = isFound(
    words,
    t('settings.data'),
    t('app.settings.dataDir'),
    t('app.settings.about'),
    t('settings.folder'),
  )
  const secrets = isFound(words, t('app.secrets.title'))
  const zone = isFound(words, t('app.settings.zone'), t('app.settings.zoneHelp'), t('settings.incidentZones'))
  if (!found(look) && !found(limits) && !privacy && !keys && !data && !secrets && !zone)
    return <EmptyState title={t('settings.none')} />
  return (
    <>
      {(found(look) || zone) && (
        <section className={styles['section']}>
          <h2>{t('app.settings.look')}</h2>
          {look.map((row) => (
            <Choice key={row.name} {...row} />
          ))}
          <Zone />
        </section>
      )}
      {found(limits) && (
        <section className={styles['section']}>
          <h2>{t('settings.limits')}</h2>
          {limits.map((row) => (
            <Choice key={row.name} {...row} />
          ))}
        </section>
      )}
      {secrets && <SecretsSection />}
      {privacy && (
        <section className={styles['section']}>
          <h2>{t('app.settings.redaction')}</h2>
          <PrivacySettings />
        </section>
      )}
      {keys && (
        <section className={styles['section']} aria-label={t('settings.keys')}>
          <h2>{t('settings.keys')}</h2>
          <KeymapEditor />
        </section>
      )}
      {data && <About />}
    </>
  )
}

function useLook() {
  const t = useT()
  const choices = <V extends string>(values: readonly V[], label: (value: V) => string) =>
    values.map((value) => ({ value, label: label(value) }))
  return [
    {
      name: 'theme' as const,
      label: t('app.settings.theme'),
      help: t('settings.theme'),
      options: choices(['system', 'dark', 'light'], (v) => t(`app.settings.theme.${v}`)),
    },
    {
      name: 'contrast' as const,
      label: t('settings.contrast'),
      help: t('settings.contrastHelp'),
      options: choices(['system', 'normal', 'high'], (v) => t(`settings.contrast.${v}`)),
    },
    {
      name: 'density' as const,
      label: t('app.settings.density'),
      help: t('settings.density'),
      options: choices(['compact', 'normal', 'comfortable'], (v) => t(`app.settings.density.${v}`)),
    },
    {
      name: 'language' as const,
      label: t('app.settings.language'),
      help: t('settings.language'),
      options: choices(['system', 'en', 'zh-CN'], (v) =>
        v === 'system' ? t('app.settings.language.system') : v === 'en' ? 'English' : '简体中文',
      ),
    },
    {
      name: 'bytes' as const,
      label: t('settings.bytes'),
      help: t('settings.bytesHelp'),
      options: choices(['iec', 'si'], (v) => t(`settings.bytes.${v}`)),
    },
    {
      name: 'durations' as const,
      label: t('settings.durations'),
      help: t('settings.durationsHelp'),
      options: choices(['auto', 'ms', 's'], (v) => t(`settings.durations.${v}`)),
    },
  ]
}

const MIB = 2 ** 20

function useLimits() {
  const t = useT()
  const auto = { value: null, label: t('settings.auto') }
  const counts = [1, 2, 3, 4, 6, 8, 12, 16].map((value) => ({ value, label: String(value) }))
  const threads = [1, 2, 4, 8, 16].map((value) => ({ value, label: t('settings.threadCount', { count: value }) }))
  return [
    {
      name: 'memoryMiB' as const,
      label: t('settings.memory'),
      help: t('settings.memoryHelp'),
      options: [
        auto,
        ...[512, 1024, 2048, 4096, 8192, 16_384].map((value) => ({ value, label: formatBytes(value * MIB) })),
      ],
    },
    {
      name: 'threads' as const,
      label: t('settings.threads'),
      help: t('settings.threadsHelp'),
      options: [auto, ...threads],
    },
    { name: 'queriesAtOnce' as const, label: t('settings.queries'), help: t('settings.queriesHelp'), options: counts },
    {
      name: 'queriesPerWindow' as const,
      label: t('settings.perWindow'),
      help: t('settings.perWindowHelp'),
      options: counts,
    },
    {
      name: 'queryTimeoutS' as const,
      label: t('settings.timeout'),
      help: t('settings.timeoutHelp'),
      options: [10, 30, 60, 120, 300, 600].map((value) => ({ value, label: t('settings.seconds', { n: value }) })),
    },
  ]
}

function Zone() {
  const t = useT()
  const { settings, set } = usePage()
  const [typed, setTyped] = useState<string>()
  const zone = typed ?? settings.zone
  const count = Object.keys(settings.incidentZones).length
  return (
    <>
      <Row name="zone" label={t('app.settings.zone')} help={t('app.settings.zoneHelp')}>
        <TextField
          label={t('app.settings.zone')}
          mono
          value={zone}
          error={isZone(zone) ? undefined : t('app.settings.zoneWrong')}
          onChange={(next) => {
            setTyped(next)
            if (next !== '' && isZone(next)) set({ zone: next })
          }}
          onBlur={() => setTyped(undefined)}
        />
      </Row>
      <Row name="incidentZones" label={t('settings.incidentZones')} help={t('settings.incidentZonesHelp', { count })}>
        <span />
      </Row>
    </>
  )
}

function About() {
  const t = useT()
  const { data } = useMethod('system.info', {})
  if (!data) return <Skeleton lines={4} />
  return (
    <section className={styles['section']}>
      <h2>{t('app.settings.about')}</h2>
      <p className={styles['dim']}>{t('settings.folder')}</p>
      <div className={styles['form']}>
        <span>{t('app.settings.dataDir')}</span>
        <span className={styles['mono']}>
          {data.dataDir}{' '}
          <Button kind="quiet" icon="copy" onClick={() => void copyText(data.dataDir)}>
            {t('settings.copyPath')}
          </Button>
        </span>
        <span>{t('app.settings.version')}</span>
        <span className={styles['mono']}>
          {data.version} ({data.shell}, Node {data.node})
        </span>
        <span>{t('app.settings.catalog')}</span>
        <span>{formatBytes(data.catalogBytes)}</span>
        <span>{t('app.settings.telemetry')}</span>
        <span>{formatBytes(data.telemetryBytes)}</span>
        <span>{t('space.title')}</span>
        <a href={linkTo('space')}>{t('settings.storage')}</a>
        <span>{t('app.settings.memory')}</span>
        <span>{formatBytes(data.memoryBytes)}</span>
      </div>
    </section>
  )
}

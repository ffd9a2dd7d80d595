// Lanes to begin with, found in the metrics and logs of the incident's own sources; one click pins each.

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Entry, Incident } from '../../../shared/contract/incidents.ts'
import { say, type MessageKey, useT } from '../../i18n/index.ts'
import { asWatchdeckError, engine, rowsOf } from '../../lib/engine/index.ts'
import { Button, Skeleton } from '../../ui/index.ts'
import { linkTo, toastError } from '../../workbench/index.ts'
import { laneOf, laneTime } from './pin-target.ts'
import { candidates, suggestLanes } from './suggestions.ts'
import styles from './WarRoom.module.css'

interface Offer {
  readonly id: string
  readonly title: MessageKey
  readonly method: 'metrics.lane' | 'logs.histogram'
  readonly query: string
}

async function offersFor(incident: Incident, signal: AbortSignal): Promise<Offer[]> {
  const scope = incident.sources.length === 0 ? {} : { sources: incident.sources }
  const found = await engine().call('metrics.search', { ...scope, limit: 5000 }, { signal })
  const names = rowsOf(found.table).map((r) => ({ name: String(r['name']), type: String(r['type'] ?? '') }))
  const facts = await Promise.all(
    candidates(names).map(async (name) => {
      // a classic histogram has its labels on its buckets
      const type = names.find((m) => m.name === name)?.type ?? ''
      const metric = type === 'histogram' && !name.endsWith('_bucket') ? `${name}_bucket` : name
      const labels = await engine().call('metrics.labels', { metric, ...scope, limit: 200 }, { signal })
      return {
        name,
        type,
        labels: rowsOf(labels.table).map((r) => String(r['value'])),
      }
    }),
  )
  const offers: Offer[] = suggestLanes(facts, incident.services).map((s) => ({
    id: s.id,
    title: `incidents.suggest.${s.id}` as const,
    method: 'metrics.lane',
    query: s.query,
  }))
  const errors = 'level>=error'
  const { count } = await engine().call('logs.count', { range: incident.range, query: errors, ...scope }, { signal })
  if (count > 0) offers.push({ id: 'logs', title: 'incidents.suggest.logs', method: 'logs.histogram', query: errors })
  return offers
}

export function LaneSuggestions({
  incident,
  compact = false,
  have = [],
}: {
  incident: Incident
  /** a row of buttons beside "add a lane" */
  compact?: boolean
  have?: readonly Entry[]
}) {
  const t = useT()
  const [pinning, setPinning] = useState<string>()
  const { id, sources, services, range } = incident
  const offers = useQuery({
    queryKey: ['metrics.search', 'lane suggestions', id, sources, services, range],
    queryFn: ({ signal }) => offersFor(incident, signal),
  })
  const pinOne = async (offer: Offer): Promise<void> => {
    await engine().call('incidents.pin', {
      incident: id,
      what: {
        method: offer.method,
        input: { query: offer.query, range, ...(offer.method === 'metrics.lane' ? { width: 1000 } : { buckets: 120 }) },
      },
      title: t(offer.title, { services: services.join(', ') }),
      at: laneTime(incident),
      lane: true,
    })
  }
  const add = async (some: readonly Offer[], busy: string): Promise<void> => {
    setPinning(busy)
    try {
      for (const offer of some) await pinOne(offer)
    } catch (error) {
      toastError(asWatchdeckError(error), t('workbench.pin.failed'))
    } finally {
      setPinning(undefined)
    }
  }
  const queries = have.map((e) => (e.what ? laneOf(e.what)?.query : undefined))
  const left = (offers.data ?? []).filter((o) => !queries.includes(o.query))
  const buttons = left.map((offer) => (
    <Button
      key={offer.id}
      kind={compact ? 'quiet' : 'plain'}
      icon="plus"
      title={offer.query}
      disabled={pinning !== undefined}
      onClick={() => void add([offer], offer.id)}
    >
      {t(offer.title, { services: services.join(', ') })}
    </Button>
  ))
  if (compact) return <>{buttons}</>
  return (
    <div className={styles['suggest']}>
      <p>
        <b>{t('incidents.noLanes')}</b> {t('incidents.noLanesText')}
      </p>
      {offers.isLoading ? (
        <Skeleton height={26} />
      ) : offers.isError ? (
        <p className={styles['wrong']}>{say(asWatchdeckError(offers.error).message)}</p>
      ) : left.length === 0 ? (
        <p className={styles['dim']}>
          {t('incidents.nothingToSuggest')} <a href={linkTo('metrics')}>{t('incidents.toMetrics')}</a>
        </p>
      ) : (
        <div className={styles['buttons']}>
          <Button kind="primary" icon="plus" disabled={pinning !== undefined} onClick={() => void add(left, 'all')}>
            {t(pinning === 'all' ? 'incidents.adding' : 'incidents.addAll', { count: left.length })}
          </Button>
          {buttons}
        </div>
      )}
    </div>
  )
}

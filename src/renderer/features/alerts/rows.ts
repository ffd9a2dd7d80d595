// Rows of alerts.list as what the view shows, and the groups that they belong to.

import type { MethodOutput } from '../../../shared/contract/index.ts'
import { isSevere } from '../../../shared/domain/alerts.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { cellOf, jsonOf, textOf } from '../../lib/engine/index.ts'
import type { Tone } from '../../theme/palette.ts'

export interface AlertRow {
  /** what names it in the address */
  readonly id: string
  readonly name: string
  readonly state: string
  readonly severity: string
  readonly service: string
  readonly summary: string
  readonly startsAt: bigint
  readonly endsAt: bigint | undefined
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
  readonly receivers: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** PromQL, '' where nobody tells it */
  readonly expression: string
  /** what the expression came to */
  readonly value: number | undefined
  /** other sources that tell the same alert */
  readonly also: readonly string[]
  readonly fingerprint: string
  readonly source: string
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
const byName = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]))
    : {}

const sourcesOf = (value: unknown): string[] => [
  ...new Set(Array.isArray(value) ? value.map((each: unknown) => byName(each)['source'] ?? '') : []),
]

export function alertAt(frame: Frame, row: number): AlertRow {
  const text = (name: string) => textOf(frame, name, row)
  const [from, to] = [cellOf(frame, 'startsAt', row), cellOf(frame, 'endsAt', row)]
  const value = cellOf(frame, 'value', row)
  const startsAt = typeof from === 'bigint' ? from : 0n
  const [source, fingerprint] = [text('source'), text('fingerprint')]
  return {
    id: `${source} ${fingerprint} ${startsAt}`,
    name: text('name'),
    state: text('state'),
    severity: text('severity'),
    service: text('service'),
    summary: text('summary'),
    startsAt,
    endsAt: typeof to === 'bigint' ? to : undefined,
    silencedBy: texts(jsonOf(frame, 'silencedBy', row)),
    inhibitedBy: texts(jsonOf(frame, 'inhibitedBy', row)),
    receivers: texts(jsonOf(frame, 'receivers', row)),
    labels: byName(jsonOf(frame, 'labels', row)),
    annotations: byName(jsonOf(frame, 'annotations', row)),
    expression: text('expression'),
    value: typeof value === 'number' ? value : undefined,
    also: sourcesOf(jsonOf(frame, 'also', row)),
    fingerprint,
    source,
  }
}

/** What the address names; an alert that was pending and fires now has another start, and is the same to who looks at it. */
export const alertOf = (alerts: readonly AlertRow[], id: string): AlertRow | undefined =>
  alerts.find((each) => each.id === id) ??
  alerts.find(({ source, fingerprint, state }) => state === 'active' && id.startsWith(`${source} ${fingerprint} `))

export function toneOf({ state, severity }: Pick<AlertRow, 'state' | 'severity'>): Tone {
  if (state === 'ended') return 'ok'
  if (state === 'suppressed') return 'neutral'
  if (state === 'pending') return 'note'
  return isSevere(severity) ? 'critical' : 'warning'
}

export interface Group {
  readonly id: string
  readonly text: string
  readonly holds: (alert: AlertRow) => boolean
  readonly count: number
}

type Routed = MethodOutput<'alerts.groups'>['groups']

/** As the backends route them; what no backend groups (recorded and ended ones), by name. */
export function groupsOf(alerts: readonly AlertRow[], routed: Routed): Group[] {
  const groups: Group[] = []
  const add = (id: string, text: string, holds: (alert: AlertRow) => boolean): void => {
    const count = alerts.filter(holds).length
    if (count > 0) groups.push({ id, text, holds, count })
  }
  const inOne = new Set<string>()
  for (const { source, receiver, labels, fingerprints } of routed) {
    const own = new Set(fingerprints)
    const spelt = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const text = `${receiver}: ${spelt.join(' ') || '*'}`
    for (const fingerprint of own) inOne.add(`${source} ${fingerprint}`)
    add(
      JSON.stringify([source, text]),
      text,
      (alert) => alert.state !== 'ended' && alert.source === source && own.has(alert.fingerprint),
    )
  }
  const isLoose = (alert: AlertRow) => alert.state === 'ended' || !inOne.has(`${alert.source} ${alert.fingerprint}`)
  for (const name of new Set(alerts.filter(isLoose).map((alert) => alert.name)))
    add(JSON.stringify([name]), name, (alert) => alert.name === name && isLoose(alert))
  return groups.sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
}

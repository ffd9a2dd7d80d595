// The labels that a Prometheus puts on what leaves it: on alerts for an Alertmanager, on samples for others. Its own API tells
// alerts and series without them, and its configuration alone tells them.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking } from '../../../shared/domain/live-source.ts'
import { parseYaml } from '../../../shared/wire/yaml.ts'
import type { PromClient } from './client.ts'
import { fields, list, text, textsOf } from './server.ts'

type Labels = Readonly<Record<string, string>>

export interface ExternalLabels {
  readonly all: Labels
  /** those that relabelling does not write over before an alert is sent: it has them as they are, or not at all */
  readonly ofAlerts: Labels
}

/**
 * Of the configuration, which may hold secrets, nothing is kept but these; the parts where jobs and their passwords stand are
 * not even parsed.
 * @throws WatchdeckError as the server refuses: often this is not for everyone
 */
export async function externalLabelsOf(client: PromClient, asking: Asking): Promise<ExternalLabels> {
  const { yaml } = await client.status('status/config', asking)
  return externalLabelsIn(text(yaml))
}

export function externalLabelsIn(config: string): ExternalLabels {
  const all = textsOf(fields(blockOf(config, 'global'))['external_labels'])
  const written = Object.keys(all).length === 0 ? 'any' : writtenIn(config)
  const ofAlerts =
    written === 'any' ? {} : Object.fromEntries(Object.entries(all).filter(([name]) => !written.has(name)))
  return { all, ofAlerts }
}

/** Labels that the relabelling of alerts may write; `any` where their names are made of others. */
function writtenIn(config: string): ReadonlySet<string> | 'any' {
  const alerting = fields(blockOf(config, 'alerting'))
  const rules = [alerting, ...list(alerting['alertmanagers']).map(fields)]
    .flatMap((each) => list(each['alert_relabel_configs']))
    .map(fields)
  const written = new Set<string>()
  for (const rule of rules) {
    const action = text(rule['action']).toLowerCase()
    if (action === 'labelmap') return 'any'
    const target = text(rule['target_label'])
    if (target.includes('$')) return 'any'
    if (target !== '') written.add(target)
  }
  return written
}

/**
 * One part of a configuration as the server writes it: names of the first level begin their lines.
 * @throws WatchdeckError without the words of the parser, which repeat what it stumbled on
 */
function blockOf(config: string, name: string): unknown {
  const lines = config.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`${name}:`))
  if (from < 0) return undefined
  const length = lines.slice(from + 1).findIndex((line) => /^[^\s#-]/.test(line))
  const block = lines.slice(from, length < 0 ? undefined : from + 1 + length).join('\n')
  try {
    return fields(parseYaml(block))[name]
  } catch {
    throw new WatchdeckError('unsupported', 'The configuration of this server could not be read.')
  }
}

// What every part of incidents asks first: is there such an incident, and may it be changed?

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import type { EngineContext } from '../engine/api.ts'

export function requireIncident(engine: EngineContext, id: string): Incident {
  const incident = engine.catalog.incidents.get(id)
  if (!incident)
    throw new WatchdeckError('not_found', `There is no incident ${JSON.stringify(id)}.`, {
      hint: 'incidents.list names them all.',
    })
  return incident
}

export function requireWritable(engine: EngineContext, id: string): Incident {
  const incident = requireIncident(engine, id)
  if (incident.readOnly)
    throw new WatchdeckError('read_only', 'This incident comes from an opened file and cannot be changed.', {
      hint: 'Continue it as your own copy first.',
      messageKey: 'error.incidentReadOnly',
    })
  return incident
}

/** Without the keys whose value is undefined: they would overwrite. */
export function definedOnly<T extends Record<string, unknown>>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const out: { [K in keyof T]?: Exclude<T[K], undefined> } = {}
  for (const key of Object.keys(value) as Array<keyof T>) {
    if (value[key] !== undefined) out[key] = value[key] as Exclude<T[keyof T], undefined>
  }
  return out
}

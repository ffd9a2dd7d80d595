// Names of files made of an incident: readable, and the same on every system.

import type { Incident } from '../../../shared/contract/incidents.ts'
import { numberOfIncident } from './words.ts'

/** A folder's separator by the path that names it. */
const separatorOf = (folder: string): string => (folder.includes('\\') && !folder.includes('/') ? '\\' : '/')

export const joinPath = (folder: string, ...names: readonly string[]): string =>
  [folder.replace(/[\\/]+$/, ''), ...names].join(separatorOf(folder))

/** What no file system takes, and what a shell would mistake, becomes a hyphen. */
export function plainName(text: string): string {
  const plain = Array.from(text.normalize('NFC'), (c) => (/[\p{L}\p{N}._]/u.test(c) ? c : '-'))
    .join('')
    .replace(/-{2,}/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  return Array.from(plain)
    .slice(0, 60)
    .join('')
    .replace(/[-.]+$/, '')
}

/** `INC-12-checkout-errors.watchdeck` */
export function fileNameFor(incident: Pick<Incident, 'number' | 'title'>, extension: string): string {
  const title = plainName(incident.title)
  return `${numberOfIncident(incident)}${title === '' ? '' : `-${title}`}.${extension}`
}

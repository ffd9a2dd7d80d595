// The redaction rules in the order of the settings page; typed by the contract without carrying zod into the page.
import type { Settings } from '../../shared/contract/settings.ts'

export const REDACTION_RULES = [
  'email',
  'ip',
  'card',
  'phone',
  'token',
  'authorization',
  'cn-id',
  'uuid',
] as const satisfies readonly Settings['redactionRules'][number][]

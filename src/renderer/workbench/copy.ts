// Copying with a word that it happened.

import { t } from '../i18n/index.ts'
import { toast } from './toasts.ts'

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  toast(t('workbench.copied'), { tone: 'neutral', lastsMs: 1500 })
}

// Sizes, shares, days and names as the storage view says them.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Translate } from '../../i18n/index.ts'

export { formatBytes } from '../../lib/format.ts'

export const formatShare = (share: number): string =>
  share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`

export const nsOf = (text: string | undefined): bigint | undefined =>
  text === undefined || text === '' ? undefined : tryParseRfc3339(text)

type Usage = MethodOutput<'space.usage'>
export type KeptBy = Usage['sources'][number]['keptBy']

export const keptByText = (t: Translate, keptBy: KeptBy): string =>
  keptBy.length === 0
    ? ''
    : t('space.keptBy', {
        incidents: keptBy
          .slice(0, 3)
          .map(({ number, title }) => `INC-${number} ${title}`)
          .join(', '),
        more: Math.max(0, keptBy.length - 3),
      })

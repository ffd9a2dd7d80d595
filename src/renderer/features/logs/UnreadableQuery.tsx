// In the place of lines where the query cannot be read: without it there would be all of them, as if they were its answer.

import type { ReactNode } from 'react'
import { useT } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/index.ts'
import { HelpLink } from '../../workbench/index.ts'

export function UnreadableQuery({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  const t = useT()
  return (
    <EmptyState
      title={t('logs.unreadable')}
      actions={
        <>
          {actions}
          <HelpLink topic="log-query" />
        </>
      }
    >
      {children}
    </EmptyState>
  )
}

// A view that fails leaves the rest standing, says so, and hands over what a bug report needs.

import { Component, type ErrorInfo, type ReactNode } from 'react'
import { t } from '../i18n/index.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/State.tsx'
import { copyText } from './copy.ts'

interface State {
  readonly error: Error | undefined
  readonly stack: string
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined, stack: '' }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ stack: info.componentStack ?? '' })
  }

  override render(): ReactNode {
    const { error, stack } = this.state
    if (!error) return this.props.children
    const details = [error.stack ?? error.message, stack, location.hash, navigator.userAgent].join('\n\n')
    return (
      <div role="alert">
        <EmptyState
          title={t('workbench.crash.title')}
          actions={
            <>
              <Button icon="refresh" onClick={() => this.setState({ error: undefined, stack: '' })}>
                {t('ui.retry')}
              </Button>
              <Button icon="copy" onClick={() => void copyText(details)}>
                {t('workbench.crash.copy')}
              </Button>
            </>
          }
        >
          <p>{t('workbench.crash.text')}</p>
          <code>{error.message}</code>
        </EmptyState>
      </div>
    )
  }
}

// A view that fails leaves the rest standing, says so, and hands over what a bug report needs. One whose code did not arrive is
// told apart: PartMissing.tsx.

import { Component, type ErrorInfo, type ReactNode } from 'react'
import { t } from '../i18n/index.ts'
import { forgetFailedParts, PartNotLoaded } from '../lib/part.ts'
import { Button } from '../ui/Button.tsx'
import { CopyDetails, EmptyState } from '../ui/State.tsx'
import { PartMissing } from './PartMissing.tsx'

interface State {
  readonly error: Error | undefined
  readonly stack: string
}

export class ErrorBoundary extends Component<{ children: ReactNode; whole?: boolean }, State> {
  override state: State = { error: undefined, stack: '' }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ stack: info.componentStack ?? '' })
  }

  readonly #again = (): void => {
    forgetFailedParts()
    this.setState({ error: undefined, stack: '' })
  }

  override render(): ReactNode {
    const { error, stack } = this.state
    if (!error) return this.props.children
    if (error instanceof PartNotLoaded) return <PartMissing error={error} onRetry={this.#again} />
    return (
      <div role="alert">
        <EmptyState
          title={t(this.props.whole ? 'workbench.crash.whole' : 'workbench.crash.title')}
          actions={
            <>
              <Button icon="refresh" onClick={this.#again}>
                {t('ui.retry')}
              </Button>
              {this.props.whole && (
                <Button icon="refresh" onClick={() => location.reload()}>
                  {t('workbench.program.reload')}
                </Button>
              )}
              <CopyDetails error={error} componentStack={stack} />
            </>
          }
        >
          <p>{t(this.props.whole ? 'workbench.crash.wholeText' : 'workbench.crash.text')}</p>
          <code>{error.message}</code>
        </EmptyState>
      </div>
    )
  }
}

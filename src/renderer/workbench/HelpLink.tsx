// The way from a view to the section of the help that speaks of it.

import { useT } from '../i18n/index.ts'
import { linkTo } from './links.ts'
import { currentPlace } from './place-store.ts'
import { useRegistry } from './registry.ts'

/** `topic`: a section of docs/using.md by its English heading, or one of the references. */
export function HelpLink({ topic }: { topic: string }) {
  const t = useT()
  return <a href={linkTo('help', {}, { path: [topic] })}>{t('workbench.help.read')}</a>
}

/** The section that speaks of the view on screen. */
export function helpTopic(): readonly string[] {
  const view = useRegistry.getState().views.find(({ id }) => id === currentPlace().view)
  return view?.help === undefined ? [] : [view.help]
}

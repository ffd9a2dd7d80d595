// The texts of the help: the guide in both languages and the references beside it, the very files of docs/.

import connectors from '../../../../docs/connectors.md?raw'
import formats from '../../../../docs/formats.md?raw'
import incidentFile from '../../../../docs/incident-file.md?raw'
import logQuery from '../../../../docs/log-query.md?raw'
import promql from '../../../../docs/promql.md?raw'
import receiver from '../../../../docs/receiver.md?raw'
import using from '../../../../docs/using.md?raw'
import usingChinese from '../../../../docs/using.zh-CN.md?raw'
import type { Language } from '../../lib/preferences.ts'
import { blocksOf, type Guide, type LinkOf, parseGuide, type Section, withOwnLinks } from './guide.ts'

/** In English only, as their files are. */
const REFERENCES: Readonly<Record<string, string>> = {
  'log-query': logQuery,
  promql,
  formats,
  connectors,
  receiver,
  'incident-file': incidentFile,
}

export interface Document {
  readonly id: string
  readonly title: string
  readonly sections: readonly Section[]
}

const headingOf = (text: string): string => (/^# (.+)$/m.exec(text)?.[1] ?? '').replaceAll('`', '')

/** The address of a page of the help. */
export type HrefOf = (path: readonly string[]) => string

const linkOf =
  (hrefOf: HrefOf): LinkOf =>
  (name, part) => {
    const text = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined
    if (text === undefined) return undefined
    return { title: headingOf(text), href: hrefOf(part === undefined ? [name] : [name, part]) }
  }

export const guideOf = (language: Language, hrefOf: HrefOf): Guide =>
  parseGuide(withOwnLinks(language === 'zh-CN' ? usingChinese : using, linkOf(hrefOf)), using)

/** The text before the first `##` of a reference is a part like the others, under the document's own title. */
export const references = (hrefOf: HrefOf): Document[] =>
  Object.entries(REFERENCES).map(([id, raw]) => {
    const text = withOwnLinks(raw, linkOf(hrefOf))
    const { sections } = parseGuide(text, raw)
    const title = headingOf(text)
    const intro = blocksOf(text.split(/^## /m)[0] ?? '').filter((block) => !block.startsWith('# '))
    return { id, title, sections: [{ id: 'top', title, blocks: intro }, ...sections] }
  })

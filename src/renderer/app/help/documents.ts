// The texts of the help: the guide in both languages and the references beside it, the very files of docs/.

import connectors from '../../../../docs/connectors.md?raw'
import connectorsChinese from '../../../../docs/connectors.zh-CN.md?raw'
import formats from '../../../../docs/formats.md?raw'
import formatsChinese from '../../../../docs/formats.zh-CN.md?raw'
import incidentFile from '../../../../docs/incident-file.md?raw'
import incidentFileChinese from '../../../../docs/incident-file.zh-CN.md?raw'
import logQuery from '../../../../docs/log-query.md?raw'
import logQueryChinese from '../../../../docs/log-query.zh-CN.md?raw'
import promql from '../../../../docs/promql.md?raw'
import promqlChinese from '../../../../docs/promql.zh-CN.md?raw'
import receiver from '../../../../docs/receiver.md?raw'
import receiverChinese from '../../../../docs/receiver.zh-CN.md?raw'
import using from '../../../../docs/using.md?raw'
import usingChinese from '../../../../docs/using.zh-CN.md?raw'
import type { Language } from '../../lib/preferences.ts'
import { blocksOf, type Guide, type LinkOf, parseGuide, type Section, withOwnLinks } from './guide.ts'

interface Reference {
  readonly english: string
  readonly chinese: string
}

const REFERENCES: Readonly<Record<string, Reference>> = {
  'log-query': { english: logQuery, chinese: logQueryChinese },
  promql: { english: promql, chinese: promqlChinese },
  formats: { english: formats, chinese: formatsChinese },
  connectors: { english: connectors, chinese: connectorsChinese },
  receiver: { english: receiver, chinese: receiverChinese },
  'incident-file': { english: incidentFile, chinese: incidentFileChinese },
}

export interface Document {
  readonly id: string
  readonly title: string
  readonly sections: readonly Section[]
}

const headingOf = (text: string): string => (/^# (.+)$/m.exec(text)?.[1] ?? '').replaceAll('`', '')

/** The address of a page of the help. */
export type HrefOf = (path: readonly string[]) => string

const textIn = ({ english, chinese }: Reference, language: Language): string =>
  language === 'zh-CN' ? chinese : english

const linkOf =
  (hrefOf: HrefOf, language: Language): LinkOf =>
  (name, part) => {
    const reference = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined
    if (reference === undefined) return undefined
    return {
      title: headingOf(textIn(reference, language)),
      href: hrefOf(part === undefined ? [name] : [name, part]),
    }
  }

export const guideOf = (language: Language, hrefOf: HrefOf): Guide =>
  parseGuide(withOwnLinks(language === 'zh-CN' ? usingChinese : using, linkOf(hrefOf, language)), using)

/** The text before the first `##` of a reference is a part like the others, under the document's own title. */
export const references = (hrefOf: HrefOf, language: Language): Document[] =>
  Object.entries(REFERENCES).map(([id, reference]) => {
    const text = withOwnLinks(textIn(reference, language), linkOf(hrefOf, language))
    const { sections } = parseGuide(text, reference.english)
    const title = headingOf(text)
    const intro = blocksOf(text.split(/^## /m)[0] ?? '').filter((block) => !block.startsWith('# '))
    return { id, title, sections: [{ id: 'top', title, blocks: intro }, ...sections] }
  })

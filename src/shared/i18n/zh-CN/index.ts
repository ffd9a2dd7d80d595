// Every sentence of the engine in Chinese, by the room that says it.

import type { PhraseBook } from '../phrases.ts'
import { alerts } from './alerts.ts'
import { connectors } from './connectors.ts'
import { engine } from './engine.ts'
import { files } from './files.ts'
import { formats } from './formats.ts'
import { imports } from './imports.ts'
import { liveTraces } from './live-traces.ts'
import { promql } from './promql.ts'
import { questions } from './questions.ts'
import { receiver } from './receiver.ts'
import { recording } from './recording.ts'
import { shells } from './shells.ts'
import { space } from './space.ts'
import { stores } from './stores.ts'
import { transport } from './transport.ts'

export const books: Readonly<Record<string, PhraseBook>> = {
  alerts,
  connectors,
  engine,
  files,
  formats,
  imports,
  liveTraces,
  promql,
  questions,
  receiver,
  recording,
  shells,
  space,
  stores,
  transport,
}

export const zhCNPhrases: PhraseBook = Object.assign({}, ...Object.values(books))

// The language of messages on the command line: `--lang`, else the environment's; answers themselves never change.

import type { ErrorShape } from '../../shared/base/errors.ts'
import { type EngineLanguage, sayIn } from '../../shared/i18n/index.ts'

/** Read before anything else, so that wrong words are refused in the language too; unknown languages are English. */
export function languageOf(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): EngineLanguage {
  const at = argv.indexOf('--lang')
  const given = at < 0 ? argv.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) : argv[at + 1]
  const wanted = given ?? (env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '')
  return /^zh\b|^zh_/i.test(wanted) ? 'zh-CN' : 'en'
}

export function sayError(shape: ErrorShape, language: EngineLanguage): ErrorShape {
  const say = sayIn(language)
  return {
    ...shape,
    message: say(shape.message),
    ...(shape.hint === undefined ? {} : { hint: say(shape.hint) }),
  }
}

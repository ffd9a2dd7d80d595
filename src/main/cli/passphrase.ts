// A passphrase at the terminal: typed without being shown, never in the words of a command or in a log.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { EngineLanguage } from '../../shared/i18n/index.ts'

const PROMPT: Readonly<Record<EngineLanguage, string>> = {
  en: 'Passphrase of the incident file: ',
  'zh-CN': '事故文件的口令：',
}
const AGAIN: Readonly<Record<EngineLanguage, string>> = { en: 'It is wrong. ', 'zh-CN': '口令错误。' }
const TRIES = 3

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode(on: boolean): unknown }
  readonly output: NodeJS.WritableStream
  readonly language: EngineLanguage
}

/**
 * Runs `open`; where it answers that a passphrase is needed and a person sits at the terminal, asks for one, three times
 * at most. `WATCHDECK_PASSPHRASE` answers for scripts.
 */
export async function withPassphrase<T>(
  open: (passphrase: string | undefined) => Promise<T>,
  terminal: Terminal,
  given = process.env['WATCHDECK_PASSPHRASE'],
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const passphrase = attempt === 0 ? given || undefined : await readHidden(terminal, attempt > 1 || !!given)
    try {
      return await open(passphrase)
    } catch (error) {
      const wanted = error instanceof WatchdeckError && error.code === 'unauthenticated'
      if (!wanted || !terminal.input.isTTY || attempt === TRIES) throw error
    }
  }
}

/** One line without echo. @throws WatchdeckError `cancelled` on Ctrl-C or the end of input */
function readHidden({ input, output, language }: Terminal, wrong: boolean): Promise<string> {
  output.write(`${wrong ? AGAIN[language] : ''}${PROMPT[language]}`)
  input.setRawMode(true)
  input.setEncoding('utf8')
  input.resume()
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (settle: () => void) => {
      input.off('data', take)
      input.off('end', left)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      settle()
    }
    const left = () => end(() => reject(new WatchdeckError('cancelled', 'The call was cancelled.')))
    const take = (text: string) => {
      for (const char of text) {
        if (char === '\r' || char === '\n') return end(() => resolve(typed.join('')))
        if (char === '\u0003' || char === '\u0004') return left()
        if (char === '\u007f' || char === '\b') typed = typed.slice(0, -1)
        else if (char >= ' ') typed.push(char)
      }
    }
    input.on('data', take)
    input.on('end', left)
  })
}

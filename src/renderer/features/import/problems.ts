// What the engine says about a file, in the language of the page. Its texts are English for scripts and logs; the ones
// that people meet are known here, any other is shown as it is.

import type { MessageKey, Translate } from '../../i18n/index.ts'
import { say } from '../../i18n/index.ts'

const KNOWN: Readonly<Record<string, MessageKey>> = {
  'some bytes are no UTF-8 and are shown as U+FFFD': 'imports.problem.badUtf8',
  'the text is no UTF-8; it is read as Latin-1 (Windows-1252)': 'imports.problem.latin1',
  'most times lie before the year 2000 or in the future: check the time unit or the clock of the sender':
    'imports.problem.oddTimes',
  'no field looks like a time; every record gets the time of the file': 'imports.problem.noTimeField',
  'no field looks like a message; the whole record is shown': 'imports.problem.noMessage',
  'no line begins with a time that is known; every line gets the time of the file': 'imports.problem.noTimes',
  'line longer than 64 MB': 'imports.problem.longLine',
  'not valid JSON': 'imports.problem.notJson',
  'a line that is no JSON object': 'imports.problem.notObject',
  'not valid YAML': 'imports.problem.notYaml',
  'no time found': 'imports.problem.noTime',
  'no time field': 'imports.problem.noTime',
  'a time that is no number': 'imports.problem.timeNoNumber',
  'duplicate span id within its trace': 'imports.problem.duplicateSpan',
  'span that names itself as its parent is kept as a root': 'imports.problem.ownParent',
  'span that ends before it starts is kept as it is': 'imports.problem.endsBefore',
  'the file does not end with "# EOF": it may be cut off': 'imports.problem.noEof',
  'a Kubernetes object without a name': 'imports.problem.objectNoName',
  'a Kubernetes object without a kind': 'imports.problem.objectNoKind',
  'line that belongs to a skipped entry': 'imports.problem.skippedEntry',
  'line before the first time': 'imports.problem.beforeFirst',
  'line before the first time is kept with that time': 'imports.problem.beforeFirstKept',
  'line of plain text kept with the time of the record before it': 'imports.problem.plainKept',
  'indented line kept with the record before it': 'imports.problem.indentedKept',
  'no column looks like a time; every row gets the time of the file': 'imports.problem.noTimeColumn',
  'no column looks like a message; the whole row is shown': 'imports.problem.noMessageColumn',
  'no column holds numbers; choose one as value': 'imports.problem.noValueColumn',
  'dates such as 03/04/2025 are read with the month first; choose if the day is first': 'imports.problem.dateOrder',
  'a row whose number of cells is not that of the columns': 'imports.problem.unevenRow',
  'a row whose time column holds no time': 'imports.problem.rowNoTime',
  'the first record is too long or broken; fields are looked for in each record': 'imports.problem.firstRecord',
  'a record larger than 8 MB': 'imports.problem.largeRecord',
  'a quote that is not closed': 'imports.problem.openQuote',
  'a row longer than 8 MB': 'imports.problem.longRow',
  'a value that is no number': 'imports.problem.valueNoNumber',
  'no column of numbers is chosen as a value': 'imports.problem.noValueChosen',
  'a link or device in the archive is left out': 'imports.problem.archiveLink',
  'an encrypted file in the archive is left out': 'imports.problem.archiveEncrypted',
  'a file packed with a method that is not read is left out of the archive': 'imports.problem.archiveMethod',
  'opened read-only as an incident file': 'imports.problem.opened',
  'other reasons': 'imports.problem.other',
}

export function problemText(t: Translate, problem: string): string {
  const line = /^line (\d+): (.*)$/s.exec(problem)
  if (line) return t('imports.problem.line', { line: line[1] ?? '', reason: problemText(t, line[2] ?? '') })
  const key = KNOWN[problem]
  if (key !== undefined) return t(key)
  const text = say(problem)
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

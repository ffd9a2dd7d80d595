// Sentences of recordings.

import type { PhraseBook } from '../phrases.ts'

export const recording: PhraseBook = {
  'What was recorded of this source was removed.': '该数据源的录制内容已被移除。',
  'Restore it, or delete it for good, among the sources.': '请在数据源列表中恢复它，或将其彻底删除。',
  'The incident is being recorded already.': '该事故正在录制。',
  'The incident is not being recorded.': '该事故没有在录制。',
  'The incident has no live source to record.': '该事故没有可录制的在线数据源。',
  'Add one to its sources. What was imported or received is kept anyway.':
    '请为事故添加一个在线数据源。导入或接收的数据本来就会保留。',
  'The incident was removed.': '该事故已被移除。',
  '{} rows recorded': '已录制 {} 行',
  'The query is not understood here: only its pinned answer is kept.': '此处无法解析该查询：仅保留已钉住的查询结果。',
  'Not read yet': '尚未读取',
  'The budget of the recording was used up': '录制的预算已用完',
  'This machine slept, or Watchdeck was not running': '本机曾休眠，或 Watchdeck 没有运行',
  'The source has nothing of this time': '数据源没有这段时间的数据',
  'The source told only a part.': '数据源只返回了一部分。',
}

// 存储空间：清理、回收与恢复。

import type { PhraseBook } from '../phrases.ts'

export const space: PhraseBook = {
  'The incident file may be being read.': '事故文件可能正在被读取。',
  'Try again when the job has ended.': '请等任务结束后再试。',
  'Removing {}': '正在移除 {}',
  'it is not there any more': '已不存在',
  'kept for {}': '{} 需要它，已保留',
  'its file is gone, or another took its place': '文件已不在，或原处已有其他文件',
  'This clean-up cannot be taken back any more.': '这次清理已无法撤销。',
  'Deleting what was removed': '正在删除已移除的内容',
  'Making the stores small': '正在压缩存储',
  'Checking the backup': '正在检查备份',
  'Copying the backup': '正在复制备份',
  'Queries to the store are still running.': '存储仍在回答查询。',
  'Try again when they have ended.': '请等查询结束后再试。',
}

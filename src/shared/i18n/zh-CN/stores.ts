// Sentences of the stores: catalog and telemetry.

import type { PhraseBook } from '../phrases.ts'

export const stores: PhraseBook = {
  'The store broke off in the middle of an answer.': '存储在给出答案的中途中断。',
  'Ask again.': '请重新查询。',
  'the file is a database of another program': '该文件是其他程序的数据库',
  'The catalog cannot be opened: {}': '无法打开目录库：{}',
  'The catalog has schema {}; this version knows up to {}.': '目录库的结构版本为 {}，此版本只认识到 {}。',
  'The catalog is damaged: {}': '目录库已损坏：{}',
  'The disk of the data folder is full.': '数据文件夹所在磁盘已满。',
  'Check that {} may be written and that no other Watchdeck uses this data folder.':
    '请确认可以写入 {}，且没有其他 Watchdeck 使用此数据文件夹。',
  'Free some space and try again.': '请腾出空间后重试。',
  'Install the Watchdeck that last used this data folder, or a newer one. An older copy may be in {}.':
    '请安装上次使用此数据文件夹的 Watchdeck 或更新的版本。较旧的副本可能在 {}。',
  'Install the Watchdeck that last used this data folder, or a newer one.':
    '请安装上次使用此数据文件夹的 Watchdeck 或更新的版本。',
  'Install the Watchdeck that last used this data folder, or a newer one; or choose another data folder.':
    '请安装上次使用此数据文件夹的 Watchdeck 或更新的版本，或另选数据文件夹。',
  'Stop Watchdeck, move {} and its -wal and -shm files aside, and put a copy from {} in its place; without one a new, empty catalog is made.':
    '请停止 Watchdeck，把 {} 及其 -wal、-shm 文件移走，并换上 {} 中的副本；没有副本时会新建空的目录库。',
  'There is no pin or note {}.': '没有钉选或笔记 {}。',
  'Not a trace or span id: {}': '不是 trace 或 span ID：{}',
  'The data folder is in use by another Watchdeck.': '数据文件夹正被另一个 Watchdeck 使用。',
  'Close the other one, or choose another data folder with --data-dir.':
    '请关闭另一个，或用 --data-dir 另选数据文件夹。',
  'The telemetry store is damaged.': '遥测库已损坏。',
  'The telemetry store was written by a newer version.': '遥测库由更新的版本写成。',
  'The {} store has schema {}; this version knows up to {}.': '{} 库的结构版本为 {}，此版本只认识到 {}。',
  'Move {} and its .wal file aside; a new, empty one is made. What was imported can be imported again.':
    '请把 {} 及其 .wal 文件移走，系统会新建空库。导入过的文件可以重新导入。',
  'A data file is damaged: {}': '数据文件已损坏：{}',
  'The query needs more memory than the store may take.': '此查询所需内存超过数据库的上限。',
  'The store could not read or write: {}': '数据库读写失败：{}',
  'Ask for a shorter time range or fewer groups.': '请缩短时间范围，或减少分组。',
  'Check the disk and the permissions of the data folder.': '请检查磁盘和数据文件夹的权限。',
  'Free some space, or remove sources that are no longer needed, and try again.':
    '请腾出空间，或移除不再需要的数据源，然后重试。',
  'its file is not open': '它的文件没有打开',
  'its file is gone, damaged or wants its passphrase: open it again': '它的文件不在了、已损坏或需要口令：请重新打开',
  'not in this file': '不在此文件中',
  'not in this file: it was saved without traces': '不在此文件中：保存时未包含 trace',
  'not in this file: it was saved without logs': '不在此文件中：保存时未包含日志',
  'not in this file: it was saved without metrics': '不在此文件中：保存时未包含指标',
  'not in this file: it was saved without objects and events': '不在此文件中：保存时未包含对象和事件',
  'not in this file: it was saved without user events': '不在此文件中：保存时未包含用户事件',
  'not in this file: only the metrics behind its lanes and pins were recorded':
    '不在此文件中：只录制了泳道和钉住的查询所用的指标',
  'not in this file: {} was not recorded, or not all of it': '不在此文件中：{} 未录制或未完整录制',
  'not in this file: it was saved for {} only': '不在此文件中：保存时只包含 {}',
  'broken: its rows could not be read or written': '已损坏：数据无法读写',
  broken: '已损坏',
  loading: '正在载入',
  removed: '已移除',
  'still loading': '仍在载入',
  'An opened incident file is read-only.': '打开的事故文件只读。',
  'The incident file was closed.': '事故文件已关闭。',
  'Open it again.': '请重新打开。',
  'There is already something at {}.': '{} 处已有内容。',
  'Choose a new name: a backup never writes over another.': '请换一个新名称：备份不会覆盖已有的备份。',
  'Checking the copy': '正在检查副本',
  'The {} has version {}; this program knows up to {}.': '{} 的版本为 {}，此程序只认识到 {}。',
  'Restore it with the Watchdeck that made it, or a newer one.': '请用生成它的 Watchdeck 或更新的版本恢复。',
  'The backup is damaged: {} is not what it was.': '备份已损坏：{} 与原来不同。',
  'Take another backup. Nothing was replaced.': '请换一份备份。没有替换任何内容。',
  'There is no backup in {}.': '{} 中没有备份。',
  'The backup is damaged: its manifest cannot be read.': '备份已损坏：无法读取清单。',
  'Put a copy from {} in the place of {}, or move it and its -wal and -shm files aside.':
    '请用 {} 中的副本替换 {}，或把它及其 -wal、-shm 文件移走。',
  '{} may not be written.': '没有权限写入 {}。',
  'Check its permissions and that its disk is not mounted read-only, or choose another folder with --data-dir.':
    '请检查权限，并确认磁盘不是以只读方式挂载；或用 --data-dir 另选文件夹。',
  'The catalog is damaged.': '目录库已损坏。',
  'Start Watchdeck again: a damaged catalog is set aside and made anew from what the store knows.':
    '请重新启动 Watchdeck：损坏的目录库会被移开，并根据遥测库的内容重建。',
  'The disk of the data folder does not answer as it should.': '数据文件夹所在磁盘响应异常。',
  'Check the disk; make a backup while it can still be read.': '请检查磁盘，趁还能读取时做好备份。',
  'Move {} and its -wal and -shm files aside, and put a copy from {} in its place.':
    '请把 {} 及其 -wal、-shm 文件移走，并换上 {} 中的副本。',
  'A path may not hold a null character.': '路径不能含空字符。',
  'A name or path is too long for this disk.': '名称或路径超出此磁盘允许的长度。',
  'A file of it is in use.': '其中有文件正被占用。',
  'The disk has no room for the copy that makes the store small.': '磁盘空间不足，无法生成用于压缩存储的副本。',
  'Free some room, or remove data: what is removed is used again without a copy.':
    '请腾出一些空间或删除数据：删除后的空间会被直接复用，无需副本。',
  'The request did not arrive whole.': '请求未完整送达。',
  'There is a folder where a file was expected, or a file for a folder.':
    '此处应为文件却是文件夹，或应为文件夹却是文件。',
}

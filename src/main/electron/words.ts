// What the desktop shell itself says: menu and native boxes, in both languages. The page has its own catalogue.

export type ShellLanguage = 'en' | 'zh-CN'

const en = {
  file: 'File',
  newWindow: 'New window',
  open: 'Open incident file…',
  importFiles: 'Import files…',
  demo: 'Open the demo incident',
  close: 'Close window',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  view: 'View',
  reload: 'Reload',
  resetZoom: 'Actual size',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fullscreen: 'Full screen',
  window: 'Window',
  minimize: 'Minimise',
  help: 'Help',
  dataFolder: 'Show the data folder',
  logFolder: 'Show the log',
  crashFolder: 'Show crash reports',
  tray: 'Stay in the tray when the last window closes',
  show: 'Show Watchdeck',
  incidentFiles: 'Incident files',
  allFiles: 'All files',
  stopped: 'The engine stopped four times within a minute.',
  stoppedDetail: 'Its log is in the folder "logs" of the data folder. What was saved is safe.',
  again: 'Start it again',
  cannotStart: 'Watchdeck cannot start',
} as const

export type ShellWords = { readonly [K in keyof typeof en]: string }

const zhCN: ShellWords = {
  file: '文件',
  newWindow: '新建窗口',
  open: '打开事故文件…',
  importFiles: '导入文件…',
  demo: '打开演示事故',
  close: '关闭窗口',
  quit: '退出',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  view: '视图',
  reload: '重新加载',
  resetZoom: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullscreen: '全屏',
  window: '窗口',
  minimize: '最小化',
  help: '帮助',
  dataFolder: '显示数据文件夹',
  logFolder: '显示日志',
  crashFolder: '显示崩溃报告',
  tray: '关闭最后一个窗口后留在托盘',
  show: '显示 Watchdeck',
  incidentFiles: '事故文件',
  allFiles: '所有文件',
  stopped: '引擎在一分钟内停止了四次。',
  stoppedDetail: '日志在数据文件夹的“logs”中。已保存的内容是安全的。',
  again: '重新启动',
  cannotStart: 'Watchdeck 无法启动',
}

export const shellWords = (language: ShellLanguage): ShellWords => (language === 'en' ? en : zhCN)

/** The first of the person's languages that is one of ours. */
export function shellLanguage(preferred: readonly unknown[]): ShellLanguage {
  for (const name of preferred) {
    if (typeof name !== 'string') continue
    if (/^zh\b/i.test(name)) return 'zh-CN'
    if (/^en\b/i.test(name)) return 'en'
  }
  return 'en'
}

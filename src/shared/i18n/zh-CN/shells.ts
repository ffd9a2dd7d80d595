// Sentences of the shells: command line, browser shell, desktop.

import type { PhraseBook } from '../phrases.ts'

export const shells: PhraseBook = {
  '--from and --to go together.': '--from 与 --to 须同时给出。',
  '--no-wait is for jobs; {} answers at once.': '--no-wait 只用于任务；{} 会立即返回。',
  'watchdeck export needs --source ID or --trace ID.': 'watchdeck export 需要 --source ID 或 --trace ID。',
  '--limit is for streams and for methods whose input has a limit; {} has none.':
    '--limit 只用于流，以及输入中有 limit 的方法；{} 没有。',
  'watchdeck export needs --source ID.': 'watchdeck export 需要 --source ID。',
  'watchdeck import needs a file.': 'watchdeck import 需要文件。',
  'watchdeck {} takes one {}.': 'watchdeck {} 只接受一个 {}。',
  'watchdeck open takes one FILE.': 'watchdeck open 只接受一个文件。',
  'There is no command {}.': '没有命令 {}。',
  'There is no language {}.': '没有语言 {}。',
  '--{} is not a number: {}': '--{} 不是数字：{}',
  '--port is not a port: {}': '--port 不是端口：{}',
  'See watchdeck --help.': '见 watchdeck --help。',
  'watchdeck --help lists the words.': 'watchdeck --help 列出全部命令。',
  'No engine is running that could go on with the job.': '没有正在运行的引擎来继续此任务。',
  'The file does not hold: {}': '文件校验未通过：{}',
  '{} is there already.': '{} 已存在。',
  'Say --force to write over it.': '要覆盖请加 --force。',
  'Start `watchdeck serve` first, or leave --no-wait away.': '请先启动 `watchdeck serve`，或去掉 `--no-wait`。',
  'standard input': '标准输入',
  '{} is not JSON: {}': '{} 不是 JSON：{}',
  '{} is empty.': '{} 为空。',
  'Give JSON, such as {"range":{"from":"now-1h","to":"now"}}, or leave --input away.':
    '请给出 JSON，例如 {"range":{"from":"now-1h","to":"now"}}，或去掉 --input。',
  'The input file cannot be read: {} ({}).': '无法读取输入文件：{}（{}）。',
  'The running Watchdeck does not answer on its local socket.': '正在运行的 Watchdeck 没有响应本地套接字。',
  'There is no format {}.': '没有格式 {}。',
  'This answer is no table: {} cannot show it.': '此结果不是表格，无法用 {} 显示。',
  'Use --format json.': '请用 --format json。',
  'The data folder is in use by a Watchdeck that has no browser shell.':
    '数据文件夹正被没有浏览器界面的 Watchdeck 使用。',
  'The page is not built.': '页面尚未构建。',
  'Run `npm run build` first.': '请先运行 `npm run build`。',
  'Use its window, close it first, or choose another folder with --data-dir.':
    '请使用它的窗口，或先关闭它，或用 --data-dir 另选文件夹。',
  'There is no such file.': '没有这个文件。',
  'Open Watchdeck by the address it printed.': '请用 Watchdeck 打印的地址打开。',
  'Port {} cannot be used ({}).': '端口 {} 不可用（{}）。',
  'The request has no token.': '请求没有令牌。',
  'The request is not JSON.': '请求不是 JSON。',
  'The request is too large.': '请求太大。',
  'There is nothing at this address.': '此地址没有内容。',
  'This link has been used or is too old.': '此链接已用过或已过期。',
  'This request is refused: {}.': '请求被拒绝：{}。',
  'no origin': '没有来源',
  'other origin': '来源不符',
  'unknown host': '主机不明',
  'other site': '来自其他站点',
  'Watchdeck does not listen on {}: others on the network could reach it.':
    'Watchdeck 不在 {} 上监听：网络中的其他人可能会访问到它。',
  'Leave --host away, or say --allow-remote if that is what you want.':
    '请去掉 --host；若确需如此，请加 --allow-remote。',
  'Leave --port away to take any free one.': '去掉 --port 可自动选用空闲端口。',
  'Open the address that Watchdeck printed last, or run `watchdeck serve` again.':
    '请打开 Watchdeck 最近打印的地址，或重新运行 `watchdeck serve`。',
  'A dropped file may have at most {} bytes.': '拖入的文件不能超过 {} 字节。',
  'The file did not arrive whole.': '文件未完整传到。',
  'Import it by its path instead: watchdeck import FILE.': '请改用路径导入：watchdeck import FILE。',
  'The arguments cannot be read.': '无法读取参数。',
  'watchdeck --help shows what there is.': 'watchdeck --help 列出全部命令。',
  'The engine stopped four times within a minute.': '引擎在一分钟内停止了四次。',
}

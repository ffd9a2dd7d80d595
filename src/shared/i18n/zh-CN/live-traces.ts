// Sentences of live sources of traces: Jaeger, Zipkin, and what they bring to a question.

import type { PhraseBook } from '../phrases.ts'

export const liveTraces: PhraseBook = {
  'The answer is larger than {} MB.': '响应超过 {} MB。',
  'Narrow the query or shorten the range.': '请收窄条件或缩短时间范围。',
  'What came is not an answer of {} ({}).': '返回的内容不是 {} 的响应（{}）。',
  '{} spans could not be read: {}': '{} 个 span 无法读取：{}',
  'It is not configured in this Jaeger.': '该 Jaeger 未配置此功能。',
  'The metric storage behind Jaeger did not answer: {}': 'Jaeger 背后的指标存储没有响应：{}',
  'Traces are not affected. Is the Prometheus that Jaeger reads span metrics from there?':
    'Trace 不受影响。请检查 Jaeger 读取 span 指标所用的 Prometheus 是否可用。',
  'Jaeger failed: {}': 'Jaeger 出错：{}',
  'Its storage may be down or too slow; its own log says why.': '其存储可能不可用或过慢；原因见其自身日志。',
  'Name a service.': '请指定服务。',
  'This Jaeger searches by service only.': '该 Jaeger 只能按服务搜索。',
  'This Jaeger searches by service only, and has {} services.': '该 Jaeger 只能按服务搜索，而它有 {} 个服务。',
  'Searching may be switched off in this Zipkin (SEARCH_ENABLED), or its API is below another path.':
    '该 Zipkin 可能关闭了搜索（SEARCH_ENABLED），或其 API 位于其他路径下。',
  'more traces in this moment than the source tells': '该时刻的 trace 多于数据源返回的数量',
  'the newest {} traces were read, the limit of the source for one query':
    '只读取了最新的 {} 条 trace，已达该数据源单次查询的上限',
  'the newest {} traces were read: they have {} spans': '只读取了最新的 {} 条 trace：共 {} 个 span',
  'not read within {} s; asked again, reading goes on': '未能在 {} 秒内读完；再次查询时会继续读取',
  'There is no trace {} in the sources that answered. {}': '有响应的数据源中没有 trace {}。{}',
  'A trace goes when its source is removed or switched off, and from a live source after its time of keeping.':
    '数据源被移除或关闭后，其 trace 随之消失；在线数据源的 trace 超过保留期后也会消失。',
  '/api/v3 knows {} services': '/api/v3 有 {} 个服务',
  '{} knows {} services': '{} 有 {} 个服务',
  'Jaeger with {}; it does not say its version': '使用{}的 Jaeger；未报告版本',
  'Jaeger {} with {}': 'Jaeger {}，使用{}',
  'the older API': '旧版 API',
  'The API of Zipkin v2; it does not say its version': 'Zipkin v2 API；未报告版本',
  'Services and traces': '服务和 trace',
  'Services and traces may be read; there were no traces in the last hour': '可读取服务和 trace；最近一小时没有 trace',
  'The program for the secret printed nothing: {}': '提供密钥的程序没有任何输出：{}',
  'The program for the secret cannot be started: {}': '无法启动提供密钥的程序：{}',
  'Give its full path: a desktop program does not have the PATH of a shell.':
    '请填写完整路径：桌面程序没有 shell 的 PATH。',
  'The program for the secret took longer than {} s: {}': '提供密钥的程序超过 {} 秒未结束：{}',
  'The program for the secret failed ({}): {}': '提供密钥的程序失败（{}）：{}',
  'Run it by hand to see what it says. It is started without a shell, with the environment of Watchdeck.':
    '请手动运行以查看其输出。程序不经过 shell 启动，使用 Watchdeck 的环境变量。',
  'A secret of this source comes from a program that would be run on this machine.':
    '该数据源的密钥来自一个将在本机运行的程序。',
  'When you want that, say so: confirmCommands.': '如确需如此，请明确指定：confirmCommands。',
  'The text is larger than 5 MB.': '文本超过 5 MB。',
  'The text is no YAML.': '文本不是 YAML。',
  'There are no data sources in the text.': '文本中没有数据源。',
  'A provisioning file of Grafana has a list “datasources”; what sources.write gives has “watchdeckSources”.':
    'Grafana 的 provisioning 文件含有 “datasources” 列表；sources.write 的输出含有 “watchdeckSources”。',
  'Say from where: one of “text”, “path” and “environment”.': '请指明来源：“text”、“path”、“environment” 三者之一。',
  'The file cannot be read: {}': '无法读取文件：{}',
  '{} more than a thousand are not read': '超出一千个，另外 {} 个未读取',
  'not valid: {}': '无效：{}',
  'there is no connector for the type {}': '没有类型 {} 的连接器',
  'its {} is not in the file': '文件中没有其{}',
  'certificates are checked here, though the file says not to': '文件要求不校验证书，但这里仍会校验',
  'it is asked from this machine': '将从本机访问',
  'it signs in as the person at Grafana: give credentials of your own':
    '它以 Grafana 中的登录者身份访问：请提供自己的凭据',
  '{}KIND does not say what it is: one of {}': '{}KIND 未说明类型，应为其中之一：{}',
}

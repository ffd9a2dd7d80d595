// Sentences of the OTLP receiver.

import type { PhraseBook } from '../phrases.ts'

export const receiver: PhraseBook = {
  '{} × {}; first: {}': '{} × {}；首条：{}',
  '{} × {}, {} × {}; first: {}': '{} × {}，{} × {}；首条：{}',
  '{} × {}, {} × {}, {} × {}; first: {}': '{} × {}，{} × {}，{} × {}；首条：{}',
  'The body unpacks to more than {} MB.': '请求体解压后超过 {} MB。',
  'The body is not valid {}.': '请求体不是有效的 {} 数据。',
  'The JSON is nested deeper than {}.': 'JSON 嵌套超过 {} 层。',
  'The body is not valid JSON.': '请求体不是有效的 JSON。',
  'The body is not an OTLP request: it is not an object.': '请求体不是 OTLP 请求：它不是对象。',
  'Port {} is taken by another program, a Collector perhaps.': '端口 {} 已被其他程序占用，可能是某个 Collector。',
  'Stop that program, or choose another port here and in what sends.': '请停止该程序，或在此处和发送方改用其他端口。',
  'More is arriving than can be written; send it again.': '到达的数据多于可写入的量，请稍后重发。',
  'More is arriving than can be held; send it again.': '到达的数据多于可容纳的量，请稍后重发。',
  'The rows could not be written; the log says why.': '数据未能写入，原因见日志。',
  'This receiver answers as 127.0.0.1 or localhost only.': '接收器只以 127.0.0.1 或 localhost 应答。',
  'Web pages may not send to this receiver.': '网页不得向此接收器发送数据。',
  'There are /v1/traces, /v1/logs and /v1/metrics.': '可用路径为 /v1/traces、/v1/logs 和 /v1/metrics。',
  'Requests are sent by POST.': '请使用 POST 发送请求。',
  'The content type is application/x-protobuf or application/json.':
    '内容类型应为 application/x-protobuf 或 application/json。',
  'The content encoding is gzip, zstd, deflate or none.': '内容编码应为 gzip、zstd、deflate 或不编码。',
  'The request was cut off.': '请求中断。',
  'A request has at most {} MB; let the exporter send smaller batches.': '单个请求最多 {} MB，请让导出器减小批次。',
  'The receiver is being switched off; send it again later.': '接收器正在关闭，请稍后重发。',
  'The content type of gRPC is application/grpc, sent by POST.':
    'gRPC 请求应以 POST 发送，内容类型为 application/grpc。',
  'There are Export of TraceService, LogsService and MetricsService, opentelemetry.proto.collector v1.':
    '可用方法为 opentelemetry.proto.collector v1 中 TraceService、LogsService 和 MetricsService 的 Export。',
  'The message encoding is gzip, deflate, zstd or identity.': '消息编码应为 gzip、deflate、zstd 或 identity。',
  'An export is one message.': '一次 Export 调用只能包含一条消息。',
  'The message says it is packed, but not how.': '消息标记为已压缩，但未说明压缩方式。',
  'The size cap of {} GB is reached: nothing of this request was kept.': '已达到 {} GB 的上限：该请求的内容均未保留。',
}

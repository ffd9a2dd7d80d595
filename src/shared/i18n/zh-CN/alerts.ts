// Sentences of alerts and silences.

import type { PhraseBook } from '../phrases.ts'

export const alerts: PhraseBook = {
  'This source does not tell it.': '该数据源不提供此信息。',
  'This server tells no alerts.': '该服务器不提供告警。',
  'It has not answered within ten seconds: its alerts are as they were last seen.':
    '十秒内没有响应：其告警为上次看到的状态。',
  'There is no such alert.': '没有这条告警。',
  'alerts.list names them all.': 'alerts.list 列出全部告警。',
  'This source has no silences.': '该数据源没有静默功能。',
  'Name an Alertmanager that is switched on.': '请指定一个已启用的 Alertmanager。',
  'This would mute every alert: no label has to be there.': '这会静默所有告警：没有要求任何标签存在。',
  'Add a condition that an alert without labels does not meet.': '请加一个条件，使没有标签的告警不满足它。',
  'A silence lasts between a moment and a year.': '静默时长须大于零且不超过一年。',
  'There is no such plan, or it is older than ten minutes.': '没有这个计划，或它已超过十分钟。',
  'Look once more at what it would mute.': '请重新查看它会静默哪些告警。',
  'A silence of more than a day has to be confirmed a second time.': '超过一天的静默需要再次确认。',
  'Say confirmLong, or choose an earlier end.': '请加上 confirmLong，或选择更早的结束时间。',
  'The backend took the silence, but does not show it.': '后端接受了静默，但未列出它。',
  'The backend still shows the silence as active.': '后端仍将该静默显示为生效中。',
  'There is no such silence.': '没有这条静默。',
  'The silence has ended already.': '该静默已经结束。',
  'Alerts that had ended before the first look': '首次查看之前已结束的告警',
  'Alerts were not looked at': '期间未查看告警',
  'Alerts were not looked at in this time: what started and ended in it is not known.':
    '这段时间没有查看告警：期间开始又结束的告警无从得知。',
  '{} entries could not be read': '{} 条记录无法读取',
  '{} tells {} alerts': '{} 返回 {} 条告警',
  'The API of Alertmanager v2; it does not say its version': 'Alertmanager v2 接口；未给出版本',
  'Alerts, groups and silences may be read': '可读取告警、分组和静默',
  'Alerts; not {}': '可读取告警；不可读取 {}',
}

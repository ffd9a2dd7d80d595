// Chinese words of the report dialog.
import type { Words } from '../words.ts'

export const reports: Words<'reports'> = {
  title: '报告',
  short: '报告',
  text: '把事故写成文档：阶段、时间线、带图表和查询的图钉、笔记。',
  format: '格式',
  html: '网页（HTML）',
  md: 'Markdown',
  language: '语言',
  zone: '时区',
  preview: '报告预览',
  copy: '复制',
  save: '保存报告',
  saved: '{name} 已保存',
  failed: '未能生成报告',
}

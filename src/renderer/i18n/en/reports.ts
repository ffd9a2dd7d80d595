// English words of the report dialog.
export const reports = {
  title: 'Report',
  short: 'Report',
  text: 'The incident as a document: stages, timeline, pins with their charts and queries, notes.',
  format: 'Format',
  html: 'Page (HTML)',
  md: 'Markdown',
  language: 'Language',
  zone: 'Time zone',
  preview: 'Preview of the report',
  copy: 'Copy',
  save: 'Save report',
  saved: '{name} is saved',
  failed: 'The report could not be written',
} as const

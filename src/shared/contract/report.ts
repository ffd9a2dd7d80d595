// The incident as a document.
import { z } from 'zod'
import { query, zCompleteness } from './define.ts'

export const report = {
  render: query({
    summary:
      'The incident as Markdown or as one self-contained HTML page, with pins, charts as pictures and their queries',
    input: z.object({
      incident: z.string(),
      format: z.enum(['md', 'html']),
      language: z.enum(['en', 'zh-CN']).default('en'),
      zone: z.string().max(64).default('UTC'),
    }),
    /** completeness: of the timeline and of every pin that the report shows */
    output: z.object({ text: z.string(), completeness: zCompleteness }),
  }),
}

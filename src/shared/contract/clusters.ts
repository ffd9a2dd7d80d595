// Kubernetes objects and what happened to them.
import { z } from 'zod'
import { col, query, tableQuery, zCompleteness, zRange, zSources, paged } from './define.ts'

export const clusters = {
  objects: tableQuery({
    summary: 'Objects as they were at the end of the range, with how many versions the range saw',
    input: z.object({
      range: zRange,
      kind: z.string().max(200).optional(),
      namespace: z.string().max(300).optional(),
      service: z.string().max(500).optional(),
      text: z.string().max(300).optional(),
      sources: zSources,
      ...paged(500, 5000),
    }),
    columns: [
      col('kind', 'string'),
      col('namespace', 'string'),
      col('name', 'string'),
      col('uid', 'string'),
      col('service', 'string'),
      col('state', 'string'),
      col('detail', 'string'),
      col('version', 'string'),
      col('changed', 'time'),
      col('versions', 'int'),
      col('deleted', 'bool'),
      col('source', 'string'),
    ],
  }),
  object: query({
    summary: 'One object: its versions in the range, what each changed, the newest whole',
    input: z.object({ uid: z.string().max(300), range: zRange.optional(), sources: zSources }),
    output: z.object({
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      uid: z.string(),
      service: z.string(),
      versions: z.array(
        z.object({
          time: z.string(),
          resourceVersion: z.string(),
          deleted: z.boolean(),
          changes: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
        }),
      ),
      latest: z.unknown(),
      completeness: zCompleteness,
    }),
  }),
  happenings: tableQuery({
    summary: 'Kubernetes events, alerts and changes that began or went on in the range, oldest first',
    input: z.object({
      range: zRange,
      kinds: z.array(z.enum(['k8s-event', 'alert', 'change'])).optional(),
      service: z.string().max(500).optional(),
      text: z.string().max(300).optional(),
      sources: zSources,
      ...paged(1000, 10_000),
    }),
    columns: [
      col('time', 'time'),
      col('endTime', 'time'),
      col('kind', 'string'),
      col('severity', 'string'),
      col('reason', 'string'),
      col('message', 'string'),
      col('objectKind', 'string'),
      col('namespace', 'string'),
      col('name', 'string'),
      col('service', 'string'),
      col('count', 'int'),
      col('uid', 'string'),
    ],
  }),
}

// The layouts of plain log lines: where the time stands, and what a layout says about level, service, host, thread.
// Each takes a line and answers with its parts, or nothing when the line is not of its kind; the first that does is taken.

import { clock, dayMonth, epoch, iso, javaUtilLogging, levelThenIso, logfmt, monthDay } from './date-layouts.ts'
import type { Layout } from './line-parts.ts'
import { access, apacheError, cri, hadoop, klog, nginxError, redis, syslog3164, syslog5424 } from './program-layouts.ts'

export const LAYOUTS: readonly Layout[] = [
  klog,
  syslog5424,
  syslog3164,
  access,
  nginxError,
  apacheError,
  cri,
  hadoop,
  redis,
  iso,
  levelThenIso,
  dayMonth,
  monthDay,
  javaUtilLogging,
  logfmt,
  epoch,
  clock,
]

// The engine as features see it.
export { engine, useEngine } from './context.ts'
export { cellOf, columnOf, jsonOf, numberOf, numbersOf, type Row, rowsOf, textOf } from './frames.ts'
export {
  asWatchdeckError,
  isOutage,
  useConnection,
  type CommandMethod,
  type CommandState,
  type JobMethod,
  type JobRun,
  methodKey,
  methodQuery,
  type MethodOptions,
  type MethodState,
  type QueryMethod,
  useCommand,
  useJob,
  useMethod,
  useStream,
} from './hooks.ts'
export { type FollowedJob, useFollowedJob } from './jobs.ts'

// What a Kubernetes object says about its own health, in a word and a sentence, per kind.

import type { JsonObject } from './json.ts'
import { at, list, num, obj, str } from './json.ts'

export interface State {
  /** a word: Running, Degraded, Failed ... */
  readonly state: string
  readonly detail: string
}

const join = (parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ')

export function stateOf(kind: string, body: JsonObject): State {
  if (str(at(body, 'metadata', 'deletionTimestamp')) !== '')
    return { state: 'Terminating', detail: detailOf(kind, body).detail }
  return detailOf(kind, body)
}

function detailOf(kind: string, body: JsonObject): State {
  switch (kind) {
    case 'Pod':
      return pod(body)
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
      return replicas(body)
    case 'DaemonSet':
      return counted(
        num(at(body, 'status', 'numberReady')),
        num(at(body, 'status', 'desiredNumberScheduled')),
        images(body),
      )
    case 'Node':
      return node(body)
    case 'Job':
      return job(body)
    case 'CronJob':
      return {
        state: at(body, 'spec', 'suspend') === true ? 'Suspended' : 'Scheduled',
        detail: join([
          str(at(body, 'spec', 'schedule')),
          last('last run', str(at(body, 'status', 'lastScheduleTime'))),
        ]),
      }
    case 'HorizontalPodAutoscaler':
      return autoscaler(body)
    case 'PersistentVolumeClaim':
    case 'PersistentVolume':
    case 'Namespace':
      return { state: str(at(body, 'status', 'phase')) || 'Unknown', detail: str(at(body, 'spec', 'storageClassName')) }
    case 'Service':
      return {
        state: str(at(body, 'spec', 'type')) || 'ClusterIP',
        detail: list(at(body, 'spec', 'ports'))
          .map((p) => `${str(at(p, 'port'))}/${str(at(p, 'protocol')) || 'TCP'}`)
          .join(', '),
      }
    case 'ConfigMap':
    case 'Secret': {
      const keys = Object.keys(obj(body['data']))
      return { state: 'Present', detail: `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}` }
    }
    default:
      return byConditions(body)
  }
}

function last(word: string, when: string): string {
  return when === '' ? '' : `${word} ${when}`
}

function images(body: JsonObject): string {
  return list(at(body, 'spec', 'template', 'spec', 'containers'))
    .map((c) => str(at(c, 'image')))
    .filter((image) => image !== '')
    .join(', ')
}

/** Waiting and terminated reasons win over the phase: a pod that crash-loops is "Running" to its phase. */
function pod(body: JsonObject): State {
  const statuses = [
    ...list(at(body, 'status', 'initContainerStatuses')),
    ...list(at(body, 'status', 'containerStatuses')),
  ]
  const main = list(at(body, 'status', 'containerStatuses'))
  const phase = str(at(body, 'status', 'phase')) || 'Unknown'
  const waiting = statuses
    .map((c) => str(at(c, 'state', 'waiting', 'reason')))
    .find((reason) => reason !== '' && reason !== 'PodInitializing' && reason !== 'ContainerCreating')
  const ended = statuses
    .map((c) => ({
      reason: str(at(c, 'state', 'terminated', 'reason')),
      code: num(at(c, 'state', 'terminated', 'exitCode')),
    }))
    .find((t) => t.reason !== '' && t.reason !== 'Completed')
  const killed = statuses.some((c) =>
    [at(c, 'state', 'terminated', 'reason'), at(c, 'lastState', 'terminated', 'reason')].includes('OOMKilled'),
  )
  const lastCode = statuses
    .map((c) => at(c, 'lastState', 'terminated', 'exitCode'))
    .find((code) => typeof code === 'number')
  const restarts = statuses.reduce<number>((sum, c) => sum + num(at(c, 'restartCount')), 0)
  const ready = main.filter((c) => at(c, 'ready') === true).length
  const unready = phase === 'Running' && main.length > 0 && ready < main.length
  const state = waiting ?? ended?.reason ?? (str(at(body, 'status', 'reason')) || (unready ? 'NotReady' : phase))
  const detail = join([
    main.length > 0 ? `${ready}/${main.length} ready` : '',
    restarts > 0 ? `${restarts} restarts` : '',
    killed ? 'OOMKilled' : '',
    ended ? `exit ${ended.code}` : lastCode === undefined ? '' : `last exit ${String(lastCode)}`,
    last('on', str(at(body, 'spec', 'nodeName'))),
    str(at(body, 'status', 'message')),
  ])
  return { state, detail }
}

function counted(ready: number, desired: number, extra: string): State {
  const state = desired === 0 ? 'ScaledToZero' : ready >= desired ? 'Ready' : ready === 0 ? 'Unavailable' : 'Degraded'
  return { state, detail: join([`${ready}/${desired} ready`, extra]) }
}

function replicas(body: JsonObject): State {
  const desired = at(body, 'spec', 'replicas')
  const counts = counted(num(at(body, 'status', 'readyReplicas')), desired === undefined ? 1 : num(desired), '')
  const updated = at(body, 'status', 'updatedReplicas')
  const rolling = updated !== undefined && num(updated) < num(desired ?? 1)
  const stuck = condition(body, 'Progressing')
  const state = stuck?.reason === 'ProgressDeadlineExceeded' ? 'Stuck' : rolling ? 'Updating' : counts.state
  return {
    state,
    detail: join([
      counts.detail,
      rolling ? `${num(updated)} updated` : '',
      images(body),
      at(body, 'spec', 'paused') === true ? 'paused' : '',
    ]),
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

function conditions(body: JsonObject): Condition[] {
  return list(at(body, 'status', 'conditions')).map((c) => ({
    type: str(at(c, 'type')),
    status: str(at(c, 'status')),
    reason: str(at(c, 'reason')),
    message: str(at(c, 'message')),
  }))
}

function condition(body: JsonObject, type: string): Condition | undefined {
  return conditions(body).find((c) => c.type === type)
}

function node(body: JsonObject): State {
  const all = conditions(body)
  const ready = all.find((c) => c.type === 'Ready')
  const bad = all.filter((c) => c.type !== 'Ready' && c.status === 'True').map((c) => c.type)
  const cordoned = at(body, 'spec', 'unschedulable') === true
  const state = ready?.status !== 'True' ? 'NotReady' : (bad[0] ?? (cordoned ? 'Cordoned' : 'Ready'))
  return {
    state,
    detail: join([
      ...bad,
      cordoned ? 'cordoned' : '',
      ready && ready.status !== 'True' ? ready.message || ready.reason : '',
      str(at(body, 'status', 'nodeInfo', 'kubeletVersion')),
    ]),
  }
}

function job(body: JsonObject): State {
  const failed = condition(body, 'Failed')
  const done = condition(body, 'Complete')
  const state =
    failed?.status === 'True'
      ? 'Failed'
      : done?.status === 'True'
        ? 'Complete'
        : at(body, 'spec', 'suspend') === true
          ? 'Suspended'
          : num(at(body, 'status', 'active')) > 0
            ? 'Running'
            : 'Pending'
  const count = (name: string) => (num(at(body, 'status', name)) > 0 ? `${num(at(body, 'status', name))} ${name}` : '')
  return {
    state,
    detail: join([
      count('active'),
      count('succeeded'),
      count('failed'),
      failed?.status === 'True' ? failed.reason : '',
    ]),
  }
}

function autoscaler(body: JsonObject): State {
  const current = num(at(body, 'status', 'currentReplicas'))
  const desired = num(at(body, 'status', 'desiredReplicas'))
  const max = num(at(body, 'spec', 'maxReplicas'))
  const active = condition(body, 'ScalingActive')
  const state =
    active?.status === 'False'
      ? 'Inactive'
      : current !== desired
        ? 'Scaling'
        : max > 0 && current >= max
          ? 'AtMaximum'
          : 'Stable'
  return {
    state,
    detail: join([
      `${current} of ${num(at(body, 'spec', 'minReplicas')) || 1}-${max}`,
      current === desired ? '' : `wants ${desired}`,
      active?.status === 'False' ? active.reason : '',
    ]),
  }
}

/** Kinds that are not known: their phase, or the first condition that tells of trouble. */
function byConditions(body: JsonObject): State {
  const all = conditions(body)
  const main = all.find((c) => c.type === 'Ready' || c.type === 'Available' || c.type === 'Synced')
  const phase = str(at(body, 'status', 'phase'))
  if (main)
    return {
      state: main.status === 'True' ? main.type : `Not${main.type}`,
      detail: main.status === 'True' ? phase : join([main.reason, main.message]),
    }
  return { state: phase || 'Present', detail: '' }
}

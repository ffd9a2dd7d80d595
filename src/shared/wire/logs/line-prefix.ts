// What stands in front of every line where several containers are read at once: `kubectl logs --prefix`, stern,
// `docker compose logs`. Only what the tool wrote is taken off; the line behind it is read as if it stood alone.

import { workloadOfName } from '../kubernetes.ts'
import { severityOfWord } from './level.ts'

export interface LinePrefix {
  /** as it stands, the space behind included */
  readonly text: string
  readonly service: string
  readonly attributes: Readonly<Record<string, string>>
}

const KUBECTL = /^\[pod\/([a-z0-9.-]{1,253})\/([a-z0-9-]{1,63})\] /
/** pod and container; a pod of a Deployment, so that two words at the start of a sentence are none */
const STERN = /^([a-z0-9.-]{1,200}-[bcdf-hj-np-tv-xz2456789]{5,10}-[bcdf-hj-np-tv-xz2456789]{5}) ([a-z0-9-]{1,63}) /
/** a pod of a StatefulSet, a DaemonSet or a Job, which two words at the start of a sentence may look like */
const ANY_POD = /^([a-z0-9.-]{1,200}-(?:\d{1,4}|[bcdf-hj-np-tv-xz2456789]{5})) ([a-z0-9-]{1,63}) /
const COMPOSE = /^([A-Za-z][\w.-]{0,99}?)(?:[-_](\d{1,4}))?\s+\| /

/** What surely is a prefix, whatever stands behind it. */
export function prefixOf(line: string): LinePrefix | undefined {
  const pod = (line.startsWith('[pod/') ? KUBECTL : STERN).exec(line)
  if (pod) return ofPod(pod)
  const compose = line.slice(0, 120).includes(' | ') ? COMPOSE.exec(line) : null
  // `ERROR | message` of a logger is no container
  if (!compose || severityOfWord(compose[1] as string) > 0) return undefined
  const [whole, service = '', replica] = compose
  return {
    text: whole,
    service,
    attributes: { 'container.name': replica === undefined ? service : `${service}-${replica}` },
  }
}

/** What is a prefix if a line with a time stands behind it. */
export function likelyPrefixOf(line: string): LinePrefix | undefined {
  const sure = prefixOf(line)
  const pod = sure ? null : ANY_POD.exec(line)
  return pod ? ofPod(pod) : sure
}

function ofPod([text, name = '', container = '']: RegExpExecArray): LinePrefix {
  return {
    text,
    service: workloadOfName(name, 'Pod'),
    attributes: { 'k8s.pod.name': name, 'k8s.container.name': container },
  }
}

// What the API server would show of each object: the parts of a manifest that people look at and that tools compare.

import type { AttributeValue, Resource } from '../../shared/domain/telemetry.ts'
import type { Pod, Revision } from './fleet.ts'
import type { Naming } from './ids.ts'
import { type Scenario, serviceName } from './scenario.ts'
import { SERVICES } from './topology.ts'
import { ROLES, type Role } from './vocabulary.ts'

type Body = Record<string, AttributeValue>

/** Settings that come with the new version of the root service. */
export function changedSettings(scenario: Scenario): Record<string, string> {
  if (scenario.fault === 'rollout')
    return {
      'partner.timeout': '30s',
      'partner.path': scenario.root === 'payment' ? '/v2/charges' : '/v2/holds',
      'events.schema': '8',
    }
  return { 'events.strict': 'true', 'events.schema': '8' }
}

export type Manifests = ReturnType<typeof manifests>

export function manifests(scenario: Scenario, naming: Naming) {
  const labels = (service: string): Record<string, string> => ({
    'app.kubernetes.io/name': service,
    'app.kubernetes.io/part-of': scenario.vocabulary.namespace,
  })
  const shapeOf = (role: Role) => SERVICES[ROLES.indexOf(role)] as (typeof SERVICES)[number]
  const containers = (service: string, version: string, role: Role): AttributeValue => [
    {
      name: service,
      image: `registry.example/${service}:${version}`,
      envFrom: [{ configMapRef: { name: `${service}-config` } }],
      ports: [{ containerPort: role === 'frontend' ? 8080 : 50051 }],
      resources: { requests: { cpu: '250m', memory: `${Math.round(shapeOf(role).memoryMiB * 1.2)}Mi` } },
      readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 5 },
    },
  ]
  const condition = (type: string, status: boolean, reason: string): AttributeValue => ({
    type,
    status: status ? 'True' : 'False',
    reason,
  })

  return {
    deployment(revision: Revision, replicas: number, ready: number, updated: number): Body {
      const service = serviceName(scenario, revision.role)
      return {
        apiVersion: 'apps/v1',
        metadata: {
          labels: labels(service),
          generation: revision.number,
          annotations: { 'deployment.kubernetes.io/revision': String(revision.number) },
        },
        spec: {
          replicas,
          selector: { matchLabels: { 'app.kubernetes.io/name': service } },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: {
            metadata: { labels: labels(service) },
            spec: { containers: containers(service, revision.version, revision.role) },
          },
        },
        status: {
          replicas,
          readyReplicas: ready,
          availableReplicas: ready,
          updatedReplicas: updated,
          conditions: [condition('Available', ready > 0, 'MinimumReplicasAvailable')],
        },
      }
    },
    replicaSet(revision: Revision, replicas: number): Body {
      const service = serviceName(scenario, revision.role)
      return {
        apiVersion: 'apps/v1',
        metadata: {
          labels: { ...labels(service), 'pod-template-hash': revision.hash },
          annotations: { 'deployment.kubernetes.io/revision': String(revision.number) },
          ownerReferences: [{ kind: 'Deployment', name: service }],
        },
        spec: { replicas, template: { spec: { containers: containers(service, revision.version, revision.role) } } },
        status: { replicas, readyReplicas: replicas, availableReplicas: replicas },
      }
    },
    pod(pod: Pod, state: string, node: string): Body {
      const phase = state.startsWith('Pending')
        ? 'Pending'
        : state === 'Evicted'
          ? 'Failed'
          : state === 'Gone'
            ? 'Succeeded'
            : 'Running'
      const running = state.startsWith('Running')
      const waiting = state.startsWith('CrashLoop')
      return {
        apiVersion: 'v1',
        metadata: {
          labels: { ...labels(pod.service), 'pod-template-hash': pod.revision.hash },
          creationTimestamp: naming.rfc3339(pod.createdAt),
          ownerReferences: [{ kind: 'ReplicaSet', name: `${pod.service}-${pod.revision.hash}` }],
        },
        spec: { nodeName: node, containers: containers(pod.service, pod.revision.version, pod.role) },
        status: {
          phase,
          podIP: pod.ip,
          ...(state === 'Evicted' ? { reason: 'Evicted', message: 'The node was low on resource: memory.' } : {}),
          conditions: [condition('Ready', running, running ? 'PodReady' : 'ContainersNotReady')],
          containerStatuses: [
            {
              name: pod.service,
              ready: running,
              restartCount: pod.restarts,
              state: waiting
                ? { waiting: { reason: 'CrashLoopBackOff' } }
                : running
                  ? { running: { startedAt: naming.rfc3339(Math.max(pod.readyAt, pod.downUntil, pod.createdAt)) } }
                  : { waiting: { reason: 'ContainerCreating' } },
              ...(pod.restarts > 0
                ? {
                    lastState: {
                      terminated: { exitCode: 1, reason: 'Error', finishedAt: naming.rfc3339(pod.lastCrash) },
                    },
                  }
                : {}),
            },
          ],
        },
      }
    },
    configMap(role: Role, settings: Record<string, string> | undefined): Body {
      const base: Record<string, string> = {
        'log.level': 'info',
        'http.keepalive.enabled': 'true',
        'pool.size': String(shapeOf(role).slots),
      }
      if (role === 'payment')
        Object.assign(base, { 'partner.timeout': '2s', 'partner.path': '/v1/charges', 'events.schema': '7' })
      if (role === 'inventory')
        Object.assign(base, { 'partner.timeout': '800ms', 'partner.path': '/holds', 'events.schema': '7' })
      if (role === 'shipping') Object.assign(base, { 'events.strict': 'false', 'events.schema': '7' })
      return {
        apiVersion: 'v1',
        metadata: { labels: labels(serviceName(scenario, role)) },
        data: { ...base, ...settings },
      }
    },
    autoscaler(role: Role, replicas: number): Body {
      const service = serviceName(scenario, role)
      return {
        apiVersion: 'autoscaling/v2',
        metadata: { labels: labels(service) },
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: service },
          minReplicas: replicas,
          maxReplicas: replicas * 2,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 75 } } },
          ],
        },
        status: { currentReplicas: replicas, desiredReplicas: replicas },
      }
    },
    coreDns(upstream: string): Body {
      return {
        apiVersion: 'v1',
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        data: {
          Corefile: `.:53 {\n    errors\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . ${upstream}\n    cache 30\n}\n`,
        },
      }
    },
    cronJob(): Body {
      return {
        apiVersion: 'batch/v1',
        metadata: { labels: labels(scenario.vocabulary.batch) },
        spec: { schedule: '35 * * * *', concurrencyPolicy: 'Forbid' },
      }
    },
    job(name: string, service: string, done: boolean): Body {
      return {
        apiVersion: 'batch/v1',
        metadata: { labels: { ...labels(service), 'job-name': name } },
        spec: { backoffLimit: 1 },
        status: done
          ? { succeeded: 1, conditions: [condition('Complete', true, 'CompletionsReached')] }
          : { active: 1 },
      }
    },
    batchPod(job: string, service: string, node: string, phase: string): Body {
      return {
        apiVersion: 'v1',
        metadata: { labels: { ...labels(service), 'job-name': job } },
        spec: { nodeName: node, containers: [{ name: service, image: `registry.example/${service}:1.6.0` }] },
        status: { phase },
      }
    },
    node(name: string, index: number, pressure: boolean): Body {
      return {
        apiVersion: 'v1',
        metadata: {
          labels: {
            'kubernetes.io/hostname': name,
            'topology.kubernetes.io/zone': `eu-central-1${'abc'[index % 3] as string}`,
            'node.kubernetes.io/instance-type': 'm7.xlarge',
          },
        },
        spec: {},
        status: {
          capacity: { cpu: '8', memory: '16282000Ki', pods: '110' },
          conditions: [
            condition(
              'MemoryPressure',
              pressure,
              pressure ? 'KubeletHasInsufficientMemory' : 'KubeletHasSufficientMemory',
            ),
            condition('Ready', true, 'KubeletReady'),
          ],
        },
      }
    },
    batchResource(pod: string, node: string): Resource {
      const { batch, namespace } = scenario.vocabulary
      return {
        attributes: {
          values: {
            'service.name': batch,
            'service.namespace': namespace,
            'service.version': '1.6.0',
            'deployment.environment.name': 'production',
            'k8s.namespace.name': namespace,
            'k8s.cronjob.name': batch,
            'k8s.pod.name': pod,
            'k8s.node.name': node,
          },
        },
      }
    },
    dnsResource(): Resource {
      return {
        attributes: {
          values: {
            'service.name': 'coredns',
            'service.version': '1.13.1',
            'k8s.namespace.name': 'kube-system',
            'k8s.deployment.name': 'coredns',
            'k8s.pod.name': 'coredns-6f9d8b7c5d-4mlqz',
          },
        },
      }
    },
  }
}

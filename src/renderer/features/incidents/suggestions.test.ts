// First lanes of an incident, from nothing but the metrics that its sources have.

import { expect, test } from 'vitest'
import { candidates, suggestLanes } from './suggestions.ts'

test('a shop with the usual Prometheus metrics gets rate, errors, latency, backlog and restarts of its services', () => {
  const metrics = [
    { name: 'http_requests_total', type: 'sum', labels: ['code', 'job', 'pod'] },
    { name: 'http_request_duration_seconds', type: 'histogram', labels: ['job', 'le', 'pod'] },
    { name: 'kafka_consumergroup_lag', type: 'gauge', labels: ['consumergroup', 'partition', 'topic'] },
    { name: 'kube_pod_container_status_restarts_total', type: 'sum', labels: ['container', 'pod'] },
    { name: 'go_goroutines', type: 'gauge', labels: ['job'] },
  ]
  expect(candidates(metrics)).toEqual([
    'http_requests_total',
    'http_request_duration_seconds',
    'kafka_consumergroup_lag',
    'kube_pod_container_status_restarts_total',
  ])
  expect(suggestLanes(metrics, ['checkout'])).toEqual([
    { id: 'rate', query: 'sum by (job)(rate(http_requests_total{job="checkout"}[2m]))' },
    {
      id: 'errors',
      query:
        'sum by (job)(rate(http_requests_total{job="checkout",code=~"5..?|5xx"}[2m])) / sum by (job)(rate(http_requests_total{job="checkout"}[2m]))',
    },
    {
      id: 'latency',
      query:
        'histogram_quantile(0.95, sum by (le, job)(rate(http_request_duration_seconds_bucket{job="checkout"}[2m])))',
    },
    { id: 'lag', query: 'sum by (consumergroup, topic)(kafka_consumergroup_lag)' },
    { id: 'restarts', query: 'sum by (container)(increase(kube_pod_container_status_restarts_total[5m])) > 0' },
  ])
})

test('native histograms need no buckets, several services become one matcher', () => {
  const metrics = [{ name: 'rpc_server_duration', type: 'exponential-histogram', labels: ['service_name'] }]
  expect(suggestLanes(metrics, ['cart', 'a.b'])).toEqual([
    {
      id: 'latency',
      query:
        'histogram_quantile(0.95, sum by (service_name)(rate(rpc_server_duration{service_name=~"cart|a\\\\.b"}[2m])))',
    },
  ])
})

test('metrics without a known name give no suggestion', () => {
  expect(suggestLanes([{ name: 'temperature', type: 'gauge', labels: [] }], [])).toEqual([])
})

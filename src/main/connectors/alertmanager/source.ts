// Alertmanager as a source of alerts.

import type {
  AlertGroup,
  AlertRouting,
  AlertSource,
  Asking,
  LiveAlert,
  LiveSilence,
  SilenceDraft,
  Told,
} from '../../../shared/domain/live-source.ts'
import { toldOf } from '../common/spans.ts'
import type { AlertmanagerClient } from './client.ts'

const unreadable = (count: number): Told => toldOf(count === 0 ? [] : [`${count} entries could not be read`])

export class AlertmanagerSource implements AlertSource, AlertRouting {
  readonly routing = this
  readonly #client: AlertmanagerClient

  constructor(client: AlertmanagerClient) {
    this.#client = client
  }

  async alerts(asking: Asking): Promise<Told & { alerts: readonly LiveAlert[] }> {
    const { items, unread } = await this.#client.alerts(asking)
    return { ...unreadable(unread), alerts: items }
  }

  async groups(asking: Asking): Promise<Told & { groups: readonly AlertGroup[]; receivers: readonly string[] }> {
    const [groups, receivers] = await Promise.all([this.#client.groups(asking), this.#client.receivers(asking)])
    return { ...unreadable(groups.unread + receivers.unread), groups: groups.items, receivers: receivers.items }
  }

  async silences(asking: Asking): Promise<Told & { silences: readonly LiveSilence[] }> {
    const { items, unread } = await this.#client.silences(asking)
    return { ...unreadable(unread), silences: items }
  }

  async silence(draft: SilenceDraft, asking: Asking): Promise<string> {
    return await this.#client.silence(draft, asking)
  }

  async expire(id: string, asking: Asking): Promise<void> {
    await this.#client.expire(id, asking)
  }
}

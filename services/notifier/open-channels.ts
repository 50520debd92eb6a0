import { processTimeZone } from '@ipupdater/runtime'
import type { ChannelDeps, Channels } from './channels/create-channels.ts'
import { createChannels } from './channels/create-channels.ts'
import { httpSender } from './channels/http.ts'
import type { PublishTarget } from './settings/publish-settings.ts'
import type { NotifierSettings } from './settings.ts'

/** The channels that are set, over real HTTP. */
export function openChannels(
  settings: NotifierSettings,
  targets: readonly PublishTarget[],
  deps: Pick<ChannelDeps, 'addressesOf' | 'now'>,
): Channels {
  const send = httpSender(deps)
  return createChannels(settings, targets, { ...deps, send, timeZone: processTimeZone() })
}

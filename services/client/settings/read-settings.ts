import type { Secret } from '@ipupdater/protocol'
import type { SettingsShape } from '@ipupdater/runtime'
import { duration } from '@ipupdater/runtime'
import type { ClientSettings } from './client-settings.ts'
import { clientSettings, required } from './client-settings.ts'

/** What `get` and `history` want to know. */
export interface ViewSettings extends ClientSettings {
  viewer: URL
  secret: Secret
  maxAgeSeconds: number | null
}

export const viewSettings: SettingsShape<ViewSettings> = {
  ...clientSettings,
  viewer: required(clientSettings.viewer),
  secret: required(clientSettings.secret),
  maxAgeSeconds: duration({
    name: 'MAX_AGE',
    description: 'How long ago the last report of an address may be for `ipupdater get` to print it.',
    unit: 's',
    min: 1,
    max: 3650 * 24 * 60 * 60,
    default: null,
  }),
}

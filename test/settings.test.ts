import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, SettingsShape } from '../packages/runtime/index.ts'
import { readSettings, SettingsError } from '../packages/runtime/index.ts'
import { clientSettings } from '../services/client/settings/client-settings.ts'
import { reportSettings } from '../services/client/settings/report-settings.ts'
import { runSettings } from '../services/client/settings/run-settings.ts'
import { viewSettings } from '../services/client/settings/view-settings.ts'
import { adminSettings } from '../services/receiver/admin/settings.ts'
import { receiverSettings } from '../services/receiver/settings.ts'
import { viewerSettings } from '../services/viewer/settings.ts'

/** What every setting of every program refuses, because all use `packages/runtime`. */
const programs: Record<string, SettingsShape<object>> = {
  receiver: receiverSettings,
  'ipupdater-admin': adminSettings,
  viewer: viewerSettings,
  'ipupdater run': runSettings,
  'ipupdater update and ip': reportSettings,
  'ipupdater get and history': viewSettings,
  'ipupdater health': clientSettings,
}

for (const [program, shape] of Object.entries(programs)) {
  const settings = Object.values(shape) as { name: string; expected: string; secret: boolean }[]
  const paths = settings.filter(({ name }) => /_DIR$|_FILE$/.test(name))

  test(`${program} refuses a path that only a shell would expand`, () => {
    for (const { name } of paths) {
      for (const path of ['"/srv/data"', '~/data', '$HOME/data']) {
        assert.match(faultOf({ [name]: path }, shape, name), /keeps quotes|only a shell expands/)
      }
    }
  })

  test(`${program} refuses a SECRET_FILE whose path only a shell would expand`, () => {
    for (const { name } of settings.filter(({ secret }) => secret)) {
      for (const path of ['"/srv/secret"', '~/secret', '$HOME/secret']) {
        assert.match(faultOf({ [`${name}_FILE`]: path }, shape, name), /keeps quotes|only a shell expands/)
      }
    }
  })

  test(`${program} refuses quotes around any setting, and says where they come from`, () => {
    for (const { name } of settings) {
      assert.match(faultOf({ [name]: '"1"' }, shape, name), /Docker keeps quotes in --env-file/)
    }
  })

  test(`${program} refuses an unknown time zone`, () => {
    assert.match(faultOf({ TZ: 'Nonsense' }, shape, 'TZ'), /is not a time zone/)
  })
}

/** The fault that reading these variables gives for the setting. */
function faultOf(env: Environment, shape: SettingsShape<object>, name: string): string {
  try {
    readSettings(env, shape)
  } catch (error) {
    assert.ok(error instanceof SettingsError)
    return (
      error.faults.find(fault => fault.startsWith(name) || fault.includes(`" in ${name} `)) ??
      assert.fail(`${name}: ${error.message}`)
    )
  }
  return assert.fail(`${name} was accepted`)
}

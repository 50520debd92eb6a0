import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SettingsShape } from '../packages/runtime/index.ts'
import { documentSettings } from '../packages/runtime/index.ts'
import { reportSettings } from '../services/client/settings/report-settings.ts'
import { runSettings } from '../services/client/settings/run-settings.ts'
import { viewSettings } from '../services/client/settings/view-settings.ts'
import { publishSettings } from '../services/notifier/settings/publish-settings.ts'
import { notifierSettings } from '../services/notifier/settings.ts'
import { adminSettings } from '../services/receiver/admin/settings.ts'
import { receiverSettings } from '../services/receiver/settings.ts'
import { viewerSettings } from '../services/viewer/settings.ts'

interface Documented {
  readonly name: string
  readonly default: string
  readonly comment: string
}

interface Wanted {
  readonly name: string
  readonly default: string
  readonly description: string
}

const root = join(import.meta.dirname, '..')
const [, servers = [], notifications = [], publishing = [], withoutDocker = [], home = []] = sectionsOf(
  readFileSync(join(root, '.env.example'), 'utf8'),
)
const compose = [...servers, ...notifications]
const server = [...compose, ...withoutDocker]
const composeFile = readFileSync(join(root, 'docker-compose.yml'), 'utf8')

const programs = {
  receiver: { section: server, wanted: wantedBy(receiverSettings) },
  'ipupdater-admin': { section: server, wanted: wantedBy(adminSettings) },
  viewer: { section: server, wanted: wantedBy(viewerSettings) },
  'ipupdater-notifier': { section: server, wanted: wantedBy(notifierSettings) },
  'ipupdater-notifier, publishing': {
    section: publishing,
    wanted: wantedBy(publishSettings({ PUBLISH_HOME_URL: 'any' })),
  },
  'ipupdater run': { section: home, wanted: wantedBy(runSettings) },
  'ipupdater update': { section: home, wanted: wantedBy(reportSettings) },
  'ipupdater get': { section: home, wanted: wantedBy(viewSettings) },
}

/** Shared settings, documented with the description and default of another program. */
const documentedElsewhere: Record<string, readonly string[]> = {
  receiver: ['TZ', 'RECEIVER_PORT'],
  'ipupdater-admin': ['TZ', 'RECEIVER_PORT'],
  viewer: ['PORT', 'DATA_DIR'],
  'ipupdater-notifier': ['PORT', 'DATA_DIR', 'TZ'],
}

for (const [program, { section, wanted }] of Object.entries(programs)) {
  test(`.env.example documents every setting of ${program} with its description and default`, () => {
    for (const setting of wanted) {
      const found = section.find(({ name }) => name === setting.name)
      assert.ok(found, `${setting.name} is not documented`)
      if (documentedElsewhere[program]?.includes(setting.name)) continue
      assert.equal(found.default, setting.default, setting.name)
      assert.ok(found.comment.startsWith(setting.description), `${found.comment}\n${setting.description}`)
    }
  })
}

test('.env.example has no unused and no repeated setting', () => {
  const read = (names: (keyof typeof programs)[]) =>
    names.flatMap(name => programs[name].wanted.map(s => s.name))
  const ofServer = [
    ...read(['receiver', 'ipupdater-admin', 'viewer', 'ipupdater-notifier']),
    ...interpolated(composeFile),
  ]
  assert.deepEqual(namesOf(server), [...new Set(ofServer)].sort())
  assert.deepEqual(namesOf(publishing), read(['ipupdater-notifier, publishing']).sort())
  assert.deepEqual(
    namesOf(home),
    [...new Set(read(['ipupdater run', 'ipupdater update', 'ipupdater get']))].sort(),
  )
})

test('the compose file uses the settings of the first sections, with the same defaults', () => {
  assert.deepEqual([...new Set(interpolated(composeFile))].sort(), namesOf(compose))
  for (const [, name, fallback] of composeFile.matchAll(/\$\{(\w+):-([^}]+)\}/g)) {
    assert.equal(fallback, compose.find(documented => documented.name === name)?.default, name)
  }
})

test('the compose file gives each program all settings that it reads, and no other', () => {
  // Directories are fixed in the container, and this file is for one machine with SQLite.
  const notGiven = /^(HOST|DATA_DIR|KEYS_DIR|NOTIFIER_DIR|DATABASE_URL|DATABASE_URL_FILE|CLOCK_TOLERANCE)$/
  const given = (names: readonly string[]) => names.filter(name => !notGiven.test(name))
  const ofReceiver = [...programs.receiver.wanted, ...programs['ipupdater-admin'].wanted].map(s => s.name)
  const ofViewer = programs.viewer.wanted.map(s => s.name)
  assert.deepEqual(passedTo('receiver'), given([...new Set(ofReceiver)]).sort())
  assert.deepEqual(passedTo('viewer'), given(ofViewer).sort())
  assert.deepEqual(passedTo('notifier'), given(programs['ipupdater-notifier'].wanted.map(s => s.name)).sort())
})

/** A section begins with a heading between rules; a setting is a comment and a commented-out line. */
function sectionsOf(text: string): Documented[][] {
  return text.split(/^# ── .*$/m).map(section =>
    [...section.matchAll(/((?:^# .*\n)+)^#([A-Z0-9_]+)=(.*)$/gm)].map(
      ([, comment = '', name = '', value = '']) => ({
        name,
        default: value,
        comment: comment.replaceAll(/^# |\n$/gm, '').replaceAll('\n', ' '),
      }),
    ),
  )
}

/** What a program reads; a secret has two names. */
function wantedBy<S>(shape: SettingsShape<S>): Wanted[] {
  return documentSettings(shape).flatMap(setting => {
    const file = { name: `${setting.name}_FILE`, default: '', description: '' }
    return setting.secret ? [setting, file] : [setting]
  })
}

/** The variables that the text takes from the environment. */
function interpolated(text: string): string[] {
  return [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
}

/** The environment that the compose file gives to a service. */
function passedTo(service: string): string[] {
  const [, block = ''] = new RegExp(`^  ${service}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(composeFile) ?? []
  const [, environment = ''] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(block) ?? []
  return [...environment.matchAll(/^ {6}(\w+):/gm)].map(([, name = '']) => name).sort()
}

function namesOf(section: readonly Documented[]): string[] {
  return section.map(({ name }) => name).sort()
}

import { StartError } from '../start-error.ts'

/** Everything that is wrong with the settings, at once. */
export class SettingsError extends StartError {
  /** One sentence or two for each fault. */
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      'settings',
      `${faults.length === 1 ? 'a setting is' : `${faults.length} settings are`} wrong:\n  ${faults.join('\n  ')}`,
      'correct them in .env, in the compose file or on the command line; .env.example explains each setting.',
    )
    this.name = 'SettingsError'
    this.faults = faults
  }
}

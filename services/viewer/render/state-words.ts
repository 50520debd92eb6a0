import type { State } from '../device/state.ts'

/** Every state in words. */
export const STATE_WORDS: Readonly<Record<State, StateWords>> = {
  silent: {
    label: 'Silent for {}',
    short: 'silent',
    advice:
      'Look for the device: power, connection, or its client. The address is the last one that was confirmed; it may have changed.',
  },
  late: {
    label: 'No report for {}',
    short: 'late',
    advice: 'A report is overdue. The address is the last one that was confirmed; it may have changed.',
  },
  contested: {
    label: 'Two senders',
    short: 'two senders',
    advice:
      'Two addresses take turns: two machines may report under this name, or one machine through two lines.',
  },
  'by-hand': {
    label: 'Reports by hand',
    short: 'by hand',
    advice: 'The device announces no interval, so it is never late.',
  },
  'up-to-date': { label: 'Up to date', short: 'up to date', advice: null },
}

export interface StateWords {
  /** `{}` stands for the time since the last report. */
  readonly label: string
  /** For a badge or a title. */
  readonly short: string
  /** What it means and what to do; null if there is nothing to say. */
  readonly advice: string | null
}

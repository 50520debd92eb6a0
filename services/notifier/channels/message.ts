import type { Address, DeviceName } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import type { AddressChange, NotifierEvent } from '../event.ts'

/** An event for people. */
export interface Message {
  readonly title: string
  /** One or more lines. */
  readonly text: string
  /** 1 lowest to 5 highest, as ntfy counts. */
  readonly priority: number
  /** An ntfy tag: the name of an emoji. */
  readonly tag: string
  /** The viewer's page about it; null: ALERT_LINK is not set. */
  readonly link: string | null
}

export type ToMessage = (event: NotifierEvent) => Message

/** `link`: the viewer's public URL; `timeZone`: an IANA name. */
export function messageWriter({ link, timeZone }: { link: URL | null; timeZone: string }): ToMessage {
  const time = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const clock = (ms: number) => `${time.format(ms)} (${timeZone})`
  return event => ({
    ...wordsOf(event, clock),
    ...LOOKS[event.type],
    link: link === null ? null : linkOf(link, event),
  })
}

const LOOKS = {
  'address.changed': { priority: 3, tag: 'house' },
  'device.late': { priority: 4, tag: 'warning' },
  'device.silent': { priority: 4, tag: 'warning' },
  'device.recovered': { priority: 3, tag: 'white_check_mark' },
  'device.contested': { priority: 4, tag: 'twisted_rightwards_arrows' },
  'devices.late': { priority: 5, tag: 'rotating_light' },
  'devices.silent': { priority: 4, tag: 'warning' },
  'devices.recovered': { priority: 3, tag: 'white_check_mark' },
  test: { priority: 3, tag: 'wave' },
} as const satisfies Record<NotifierEvent['type'], Pick<Message, 'priority' | 'tag'>>

function wordsOf(event: NotifierEvent, clock: (ms: number) => string): Pick<Message, 'title' | 'text'> {
  switch (event.type) {
    case 'address.changed':
      return {
        title: `${event.device} has ${event.changes.every(({ previous }) => previous === null) ? 'its first' : 'a new'} address`,
        text: `${changeLines(event.changes)}\nFirst seen ${clock(event.at)}.`,
      }
    case 'device.late':
      return {
        title: `${event.device} is late`,
        text: `No report since ${clock(event.lastSeen)}; the next one was due ${clock(event.due)}.\n${lastKnown(event.addresses)}`,
      }
    case 'device.silent':
      return {
        title: `${event.device} has been silent for ${durationText(event.at - event.lastSeen)}`,
        text: `No report since ${clock(event.lastSeen)}.\n${lastKnown(event.addresses)}`,
      }
    case 'device.recovered':
      return {
        title: `${event.device} reports again`,
        text: `It was silent for ${durationText(event.at - event.lastSeen)}, from ${clock(event.lastSeen)} to ${clock(event.at)}.\n${
          event.changes.length === 0 ? 'Its address is the same as before.' : changeLines(event.changes)
        }`,
      }
    case 'device.contested':
      return {
        title: `Two senders report as ${event.device}`,
        text: `Its IPv${event.family} address changes back and forth${
          event.previous === null ? '' : ` between ${event.previous} and ${event.address}`
        }.\nEither two machines use the same device name and secret, or one machine has two internet connections.`,
      }
    case 'devices.late':
      return {
        title: `${event.count} of ${event.expected} devices silent since ${clock(event.due)}`,
        text: `${event.count * 2 >= event.expected ? "Check the server's own connection first.\n" : ''}${names(event)}`,
      }
    case 'devices.silent':
      return {
        title: `${event.count} devices have been silent for ${durationText(event.at - event.due)}`,
        text: `No report since ${clock(event.due)}.\n${names(event)}`,
      }
    case 'devices.recovered':
      return {
        title: `${event.count} devices report again`,
        text: `They were silent since ${clock(event.due)}.\n${names(event)}`,
      }
    case 'test':
      return { title: 'ipupdater test', text: `This channel works. Sent ${clock(event.at)}.` }
  }
}

function changeLines(changes: readonly AddressChange[]): string {
  return changes
    .map(
      ({ family, address, previous }) =>
        `IPv${family} ${address}${previous === null ? '' : ` (was ${previous})`}`,
    )
    .join('\n')
}

function lastKnown(addresses: readonly Address[]): string {
  return `Last known: ${addresses.map(address => `IPv${familyOf(address)} ${address}`).join(', ')}.`
}

const NAMES_SHOWN = 10

function names({ count, devices }: { count: number; devices: readonly DeviceName[] }): string {
  const shown = devices.slice(0, NAMES_SHOWN)
  return shown.join(', ') + (count > shown.length ? ` and ${count - shown.length} more` : '')
}

function linkOf(link: URL, event: NotifierEvent): string {
  const base = link.href.replace(/\/$/, '')
  return 'device' in event ? `${base}/history/${event.device}` : `${base}/`
}

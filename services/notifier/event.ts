import type { Address, DeviceName, Family } from '@ipupdater/protocol'

/** What ALERT_ON chooses from. */
export const eventTypes = [
  'address.changed',
  'device.late',
  'device.silent',
  'device.recovered',
  'device.contested',
] as const
export type EventType = (typeof eventTypes)[number]

/** What is announced. Times are milliseconds since the epoch, UTC. */
export type NotifierEvent =
  | AddressChanged
  | DeviceLate
  | DeviceSilent
  | DeviceRecovered
  | DeviceContested
  | DevicesLate
  | DevicesSilent
  | DevicesRecovered
  | TestMessage

interface Announced<Type extends string> {
  /** The same for the same event, however often it is found or sent. It has no full stop: Standard Webhooks signs it. */
  readonly id: string
  readonly type: Type
  /** When it happened. */
  readonly at: number
}

/** A device holds a new address; both families in one event if they change together. */
export interface AddressChanged extends Announced<'address.changed'> {
  readonly device: DeviceName
  readonly changes: readonly AddressChange[]
}

export interface AddressChange {
  readonly family: Family
  readonly address: Address
  /** Null: none is known. */
  readonly previous: Address | null
  readonly firstSeen: number
}

/** A report that was due did not come. */
export interface DeviceLate extends Announced<'device.late'> {
  readonly device: DeviceName
  readonly due: number
  readonly lastSeen: number
  readonly addresses: readonly Address[]
}

export interface DeviceSilent extends Announced<'device.silent'> {
  readonly device: DeviceName
  readonly due: number
  readonly lastSeen: number
  readonly addresses: readonly Address[]
  /** 0: the first message; then counted up by ALERT_REMIND. */
  readonly reminder: number
}

export interface DeviceRecovered extends Announced<'device.recovered'> {
  readonly device: DeviceName
  readonly due: number
  readonly lastSeen: number
  readonly changes: readonly AddressChange[]
}

/** Two senders use one name: the address came back to the one before within the hour. */
export interface DeviceContested extends Announced<'device.contested'> {
  readonly device: DeviceName
  readonly family: Family
  readonly address: Address
  readonly previous: Address | null
}

/** Many devices at once, which is one event. */
interface Many {
  /** How many. */
  readonly count: number
  /** The first hundred by name. */
  readonly devices: readonly DeviceName[]
  /** The first due time. */
  readonly due: number
}

/** At least five devices, and at least half of all, became late within a minute. */
export interface DevicesLate extends Announced<'devices.late'>, Many {
  /** How many devices were expected to report. */
  readonly expected: number
}

/** Those of one `devices.late` that are still silent. */
export interface DevicesSilent extends Announced<'devices.silent'>, Many {
  readonly reminder: number
}

/** Those of one `devices.late` that report again. */
export interface DevicesRecovered extends Announced<'devices.recovered'>, Many {}

/** `ipupdater-notifier test` */
export interface TestMessage extends Announced<'test'> {}

/** The choice of ALERT_ON that an event belongs to; a test message belongs to none. */
export function choiceOf({ type }: NotifierEvent): EventType | null {
  return CHOICES[type]
}

const CHOICES = {
  'address.changed': 'address.changed',
  'device.late': 'device.late',
  'device.silent': 'device.silent',
  'device.recovered': 'device.recovered',
  'device.contested': 'device.contested',
  'devices.late': 'device.late',
  'devices.silent': 'device.silent',
  'devices.recovered': 'device.recovered',
  test: null,
} as const satisfies Record<NotifierEvent['type'], EventType | null>

/** The identity of an event: its type and what makes it unique. Device names have no "_". */
export function eventId(type: NotifierEvent['type'], ...parts: readonly (string | number)[]): string {
  return [type.replace('.', '-'), ...parts].join('_')
}

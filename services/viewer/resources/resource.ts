import type { ParsedUrlQuery } from 'node:querystring'
import type { Reader } from '@ipupdater/storage'
import type { Representation } from '../render/representation.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'

/** What the viewer has to show under one path: how it is read, and the forms that it is shown in. */
export interface Resource<Data> {
  /** @throws ProtocolError where the request is wrong or there is nothing; StorageError where it cannot be read. */
  read(reader: Reader, asked: Asked): Promise<Reading<Data>>
  /** By preference: the first is for those who do not say what they want. */
  readonly forms: readonly Form<Data>[]
}

export interface Asked {
  /** The name in the path, where the path has one. */
  readonly device: string | undefined
  readonly query: ParsedUrlQuery
  readonly time: ZonedTime
}

export interface Reading<Data> {
  readonly data: Data
  /** What the next page's query has beyond this one's; null on the last page. */
  readonly next: Readonly<Record<string, string>> | null
}

export interface Form<Data> {
  readonly representation: Representation
  /** Tells ages, or who is late: goes stale without any change of the data. */
  readonly tellsAge: boolean
  render(data: Data, view: View): string
}

import type { ParsedUrlQuery } from 'node:querystring'
import type { Reader } from '@ipupdater/storage'
import type { Format } from '../render/format.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'

/** What the viewer shows under one path: how to read it, and the formats that it is offered in. */
export interface Resource<Data> {
  /** @throws ProtocolError if the request is wrong or nothing is found; StorageError if the data cannot be read */
  read(reader: Reader, request: ResourceRequest): Promise<Reading<Data>>
  /** The first one is for a client that names no format. */
  readonly formats: { readonly [F in Format]?: Render<Data> }
}

export type Render<Data> = (data: Data, view: View) => string

export interface ResourceRequest {
  /** The name in the path, if the path has one. */
  readonly device: string | undefined
  readonly query: ParsedUrlQuery
  readonly time: ZonedTime
}

export interface Reading<Data> {
  readonly data: Data
  /** The parameters that lead to the next page; null on the last page. */
  readonly next: Readonly<Record<string, string>> | null
}

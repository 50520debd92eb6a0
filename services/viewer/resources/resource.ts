import type { ParsedUrlQuery } from 'node:querystring'
import type { Reader } from '@ipupdater/storage'
import type { Format } from '../render/format.ts'
import type { Page } from '../render/frame/document.ts'
import type { View } from '../render/view.ts'
import type { ZonedTime } from '../render/zoned-time.ts'

/** What the viewer shows under one path, in the formats that it is offered in. The first one is the default. */
export type Resource = { readonly [F in Format]?: Representation }

/** Reads what one format shows. @throws ProtocolError, StorageError */
export type Representation = (reader: Reader, request: ResourceRequest) => Promise<Reading>

export interface ResourceRequest {
  /** The name in the path, if the path has one. */
  readonly device: string | undefined
  readonly query: ParsedUrlQuery
  readonly time: ZonedTime
  readonly now: number
}

export interface Reading {
  /** The parameters that lead to the next page; null on the last page. */
  readonly next: Readonly<Record<string, string>> | null
  render(view: View): string | Page
}

/** The formats of one kind of data. */
export function represent<Data>(
  read: (reader: Reader, request: ResourceRequest) => Promise<{ data: Data; next: Reading['next'] }>,
  formats: { readonly [F in Format]?: (data: Data, view: View) => string | Page },
): Resource {
  const representation =
    (render: (data: Data, view: View) => string | Page): Representation =>
    async (reader, request) => {
      const { data, next } = await read(reader, request)
      return { next, render: view => render(data, view) }
    }
  return Object.fromEntries(
    Object.entries(formats).map(([format, render]) => [format, representation(render)]),
  )
}

import type { Row } from './row.ts'
import { client, waiting } from './rows/client.ts'
import { dyndns2 } from './rows/dyndns2.ts'
import { growth } from './rows/growth.ts'
import { held } from './rows/held.ts'
import { images } from './rows/images.ts'
import { memory } from './rows/memory.ts'
import { postgres } from './rows/postgres.ts'
import { start } from './rows/start.ts'
import { updates } from './rows/updates.ts'
import { getip, history } from './rows/views.ts'

/** In table order. */
export const rows: readonly Row[] = [
  updates,
  getip,
  history,
  growth,
  held,
  dyndns2,
  postgres,
  memory,
  client,
  waiting,
  images,
  start,
]

import type { Verified } from '@ipupdater/storage'

/** What a database holds, in words. */
export function contentText({ devices, tenures, outages }: Verified): string {
  return [
    counted(devices, 'device'),
    counted(tenures, 'address', 'addresses'),
    counted(outages, 'outage'),
  ].join(', ')
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The address that `flood.ts` floods from. */
export const FLOOD_FROM = '127.200.0.1'

import { statSync } from 'node:fs'

/**
 * To whom root must give what it writes into `dir`: the directory's owner. `docker compose exec --user root …`
 * would else leave files that the receiver cannot read. null for anybody else, who can only write as himself.
 */
export function ownerFor(dir: string): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const { uid, gid } = statSync(dir)
  return { uid, gid }
}

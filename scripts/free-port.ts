import { once } from 'node:events'
import { createServer } from 'node:net'
import { StartError } from '@ipupdater/runtime'

/**
 * Tries to listen on each port of 127.0.0.1, so that ports in use are reported, all at once, before any program has
 * started.
 *
 * @param ports by the setting that chooses it
 * @throws StartError with a command that names every port, so that it does not undo an earlier choice
 */
export async function assertFreePorts(
  ports: Readonly<Record<string, number>>,
  command: string,
): Promise<void> {
  const busy: number[] = []
  for (const [variable, port] of Object.entries(ports)) {
    if (!(await isFree(port, variable, command))) busy.push(port)
  }
  if (busy.length === 0) return
  const chosen = Object.entries(ports).map(
    ([variable, port]) => `${variable}=${busy.includes(port) ? port + 1000 : port}`,
  )
  const inUse = busy.length === 1 ? `port ${busy[0]} is in use` : `ports ${busy.join(' and ')} are in use`
  const message = `${inUse}, perhaps by another ${command};`
  throw new StartError('address-in-use', message, `stop it, or run: ${chosen.join(' ')} ${command}`)
}

async function isFree(port: number, variable: string, command: string): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') return false
    if (code !== 'EACCES') throw cause
    const message = `port ${port} needs root;`
    throw new StartError('address-not-allowed', message, `run: ${variable}=${port + 8000} ${command}`, {
      cause,
    })
  }
  server.close()
  return true
}

import { once } from 'node:events'
import { createServer } from 'node:net'
import { StartError } from '@ipupdater/runtime'

/**
 * Tries to listen on 127.0.0.1, so that a port in use is reported before any program has started.
 *
 * @param variable the setting that chooses another port
 * @throws StartError
 */
export async function assertFreePort(port: number, variable: string, command: string): Promise<void> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      const message = `port ${port} is in use, perhaps by another ${command};`
      throw new StartError(
        'address-in-use',
        message,
        `stop it, or run: ${variable}=${port + 1000} ${command}`,
        { cause },
      )
    }
    if (code !== 'EACCES') throw cause
    const message = `port ${port} needs root;`
    throw new StartError('address-not-allowed', message, `run: ${variable}=8080 ${command}`, { cause })
  }
  server.close()
}

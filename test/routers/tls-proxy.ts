import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../fixtures/free-port.ts'
import { startNginx } from '../fixtures/nginx.ts'
import { run } from '../fixtures/shell.ts'

/** nginx with TLS in front of a receiver, on IPv4 and IPv6. Its address is 127.0.0.2, so clients have others. */
export interface TlsProxy extends AsyncDisposable {
  readonly port: number
  /** PEM file of the certificate, for clients to trust. */
  readonly certificate: string
  /** Runs a client, for 20 s at most because inadyn goes on trying, for which the names ipv4.example.test and ipv6.example.test lead to the proxy. */
  client(program: string, args: readonly string[]): Promise<{ code: number; output: string }>
}

export const proxyAddress = '127.0.0.2'

export async function startTlsProxy(dir: string, receiverPort: number): Promise<TlsProxy> {
  const port = await freePort()
  const certificate = join(dir, 'certificate.pem')
  const key = join(dir, 'key.pem')
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', '/CN=ipv4.example.test', '-keyout', key, '-out', certificate],
    ...['-addext', 'subjectAltName=DNS:ipv4.example.test,DNS:ipv6.example.test'],
  ])
  const hosts = join(dir, 'hosts')
  writeFileSync(hosts, '127.0.0.1 localhost ipv4.example.test\n::1 localhost ipv6.example.test\n')
  const server = `
    listen 127.0.0.1:${port} ssl;
    listen [::1]:${port} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location / {
      proxy_pass http://127.0.0.1:${receiverPort};
      proxy_bind ${proxyAddress};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }`
  const nginx = await startNginx(dir, server, `https://127.0.0.1:${port}/`)
  return {
    port,
    certificate,
    async client(program, args) {
      // A mount namespace of its own, so that the names hold for this process alone.
      const line = 'mount --bind "$1" /etc/hosts && shift && exec timeout 20 "$@" 2>&1'
      const child = spawn('unshare', ['-m', 'sh', '-c', line, 'sh', hosts, program, ...args], {
        env: { ...process.env, SSL_CERT_FILE: certificate },
      })
      const chunks: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      const [code] = (await once(child, 'close')) as [number]
      return { code, output: Buffer.concat(chunks).toString() }
    },
    [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose](),
  }
}

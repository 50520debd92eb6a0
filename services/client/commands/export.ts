import type { DeviceName } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Context, ExitCode } from '../context.ts'
import { UsageError, VIEWER } from '../errors.ts'
import type { DeviceAddresses, ExportFormat, ExportOptions } from '../export/formats.ts'
import { EXPORT_FORMATS } from '../export/formats.ts'
import { writeOutput } from '../export/write-output.ts'
import type { Connection } from '../http.ts'
import { connect } from '../http.ts'
import { acceptedAddresses } from '../read/accepted-addresses.ts'
import { fetchAddresses } from '../read/viewer.ts'
import { readViewSettings } from '../settings/view-settings.ts'

export interface ExportSwitches {
  output?: string | undefined
  domain?: string | undefined
  ttl?: string | undefined
  port?: string | undefined
  table?: string | undefined
  force: boolean
  unsigned: boolean
}

/**
 * Prints the verified addresses of devices in a format of another program, or writes them to a file. If one device
 * has no verified address, nothing is printed or written, so that the file keeps the last good state.
 */
export async function exportAddresses(
  [name, ...devices]: readonly string[],
  switches: ExportSwitches,
  context: Context,
): Promise<ExitCode> {
  const format = formatOf(name)
  const options = optionsOf(switches)
  using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
  const addresses: DeviceAddresses[] = []
  for (const device of devicesOf(devices, context)) {
    addresses.push(await addressesOf(device, connection, switches.unsigned, context))
  }
  const content = format.render(addresses, options)
  const { output, force } = switches
  if (output !== undefined) writeOutput(output, content, { isOurs: format.isOurs, force })
  if (context.json) {
    const list = addresses
      .flat()
      .map(({ timestamp: lastSeen, isSigned: signed, ...rest }) => ({ ...rest, lastSeen, signed }))
    context.stdout(JSON.stringify({ outcome: 'done', format: name, output: output ?? null, addresses: list }))
  } else if (output === undefined) {
    context.stdout(content.trimEnd())
  }
  return 0
}

async function addressesOf(
  device: DeviceName,
  connection: Connection,
  unsigned: boolean,
  context: Context,
): Promise<DeviceAddresses> {
  // SECRET_FILE may contain {device}.
  const asked = { ...context, env: { ...context.env, DEVICE: device } }
  const settings = readViewSettings(asked, { needsSecret: !unsigned })
  const entries = await fetchAddresses(connection, settings.viewer, device)
  const { addresses, leftOut } = acceptedAddresses(entries, {
    ...settings,
    allowUnsigned: unsigned,
    now: context.now(),
  })
  for (const { message } of leftOut) context.stderr(`Left out: ${message}`)
  return addresses
}

function formatOf(name = ''): ExportFormat {
  if (Object.hasOwn(EXPORT_FORMATS, name)) return EXPORT_FORMATS[name as keyof typeof EXPORT_FORMATS]
  throw new UsageError(`"${name}" is not a format. Use: ${Object.keys(EXPORT_FORMATS).join(', ')}.`)
}

function devicesOf(names: readonly string[], { env }: Pick<Context, 'env'>): DeviceName[] {
  const given = names.length > 0 ? names : [env.DEVICE || 'home']
  return [...new Set(given)].map(name => {
    try {
      return parseDeviceName(name)
    } catch {
      throw new UsageError(`"${name}" is not a device name: 1 to 63 of a-z, 0-9 and "-".`)
    }
  })
}

function optionsOf({ domain, ttl, port, table = 'ipupdater' }: ExportSwitches): ExportOptions {
  if (domain !== undefined && !/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(domain)) {
    throw new UsageError(`--domain "${domain}" is not a domain. Example: home.example.org`)
  }
  if (!/^[a-z][a-z0-9_]{0,30}$/i.test(table)) {
    throw new UsageError(`--table "${table}" is not the name of a table. Example: filter`)
  }
  return {
    domain: domain ?? null,
    ttl: numberOf('--ttl', ttl, 2 ** 31 - 1) ?? 300,
    port: numberOf('--port', port, 65_535),
    table,
  }
}

function numberOf(flag: string, text: string | undefined, max: number): number | null {
  if (text === undefined) return null
  if (!/^[1-9]\d{0,9}$/.test(text) || Number(text) > max) {
    throw new UsageError(`${flag} "${text}" is not a whole number from 1 to ${max}.`)
  }
  return Number(text)
}

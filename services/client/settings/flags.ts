import type { Environment } from '@ipupdater/runtime'

/** The command line, as commander reads it. */
export interface Flags {
  host?: string | undefined
  password?: string | undefined
  secretFile?: string | undefined
  url?: readonly string[] | undefined
  name?: string | undefined
  viewer?: string | undefined
  family?: string | undefined
  schedule?: string | undefined
  interval?: string | undefined
  retryFor?: string | undefined
  maxAge?: string | undefined
}

/**
 * The environment as if every flag were its variable, so that settings are read in one place. A flag outdoes
 * its own variable, and the other one that says the same thing in another way.
 */
export function withFlags(env: Environment, flags: Flags): Environment {
  const { host, password, secretFile, url } = flags
  const outdone = new Set<string>()
  if (password !== undefined || secretFile !== undefined) outdone.add('SECRET').add('SECRET_FILE')
  if (host !== undefined) outdone.add('SERVER_URL')
  // A path asks for a host, and the environment may name it.
  if (url?.some(each => !each.startsWith('/'))) outdone.add('SERVER_HOST')
  return {
    ...Object.fromEntries(Object.entries(env).filter(([variable]) => !outdone.has(variable))),
    ...Object.fromEntries(Object.entries(variablesOf(flags)).filter(([, value]) => value !== undefined)),
  }
}

function variablesOf(flags: Flags): Record<string, string | undefined> {
  return {
    SERVER_HOST: flags.host,
    SECRET: flags.password,
    SECRET_FILE: flags.secretFile,
    SERVER_URL: flags.url?.join(','),
    DEVICE: flags.name,
    VIEWER_URL: flags.viewer,
    FAMILY: flags.family,
    SCHEDULE: flags.schedule,
    INTERVAL: flags.interval,
    RETRY_FOR: flags.retryFor,
    MAX_AGE: flags.maxAge,
  }
}

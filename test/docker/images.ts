import { docker } from '../fixtures/shell.ts'

export type Program = 'server' | 'client'
export const programs: readonly Program[] = ['server', 'client']
export const imageOf = (program: Program) => `ipupdater-${program}`

/** Builds an image with the documented command. */
export async function buildImage(program: Program, ...args: readonly string[]): Promise<void> {
  await docker('build', '--quiet', '-t', imageOf(program), '-f', `Dockerfile.${program}`, ...args, '.')
}

/** The output of a shell command in the image. */
export async function inImage(image: string, command: string, ...args: readonly string[]): Promise<string> {
  const run = ['run', '--rm', '--read-only', '--network', 'none', ...args, '--entrypoint', 'sh', image]
  return (await docker(...run, '-c', command)).trim()
}

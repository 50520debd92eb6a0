import type { LogRecord } from '@logtape/logtape'
import { getJsonLinesFormatter, getTextFormatter } from '@logtape/logtape'
import { printable } from './text/printable.ts'
import { writeNow } from './write-now.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export const logFormats = ['text', 'json'] as const
export type LogFormat = (typeof logFormats)[number]
export type LogFields = Readonly<Record<string, unknown>>

/** One line per event. The message is fixed text; what varies or comes from outside is a field. */
export interface Log {
  /** Ask before computing expensive fields: a line below the level is never formatted. */
  isEnabled(level: LogLevel): boolean
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export interface LogOptions {
  level: LogLevel
  format: LogFormat
  /** The name of the program in JSON lines. */
  name?: string
  write?: (line: string) => void
  now?: () => number
}

/**
 * Only the formatters of LogTape are used; they accept cycles and errors. Its registry of
 * loggers is state of the process; here a log is an argument.
 */
export function createLog({
  level,
  format,
  name = 'ipupdater',
  write = toStdout,
  now = Date.now,
}: LogOptions): Log {
  const toLine = format === 'json' ? jsonLine : textLine
  const category = [name]
  const lowest = logLevels.indexOf(level)
  const isEnabled = (asked: LogLevel) => logLevels.indexOf(asked) >= lowest
  const writer = (own: LogLevel) =>
    isEnabled(own)
      ? (message: string, properties: LogFields = {}) =>
          write(
            printable(
              toLine({
                category,
                level: own === 'warn' ? 'warning' : own,
                message: [message],
                rawMessage: message,
                timestamp: now(),
                properties,
              }),
            ),
          )
      : () => {}
  return {
    isEnabled,
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  }
}

/** Writes nothing: for tests, and for programs in quiet mode. */
export const silentLog: Log = {
  isEnabled: () => false,
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}

const formatJson = getJsonLinesFormatter({ properties: 'flatten' })

function jsonLine(record: LogRecord): string {
  const properties = Object.entries(record.properties).map(([name, value]) => [name, withoutStack(value)])
  return formatJson({ ...record, properties: Object.fromEntries(properties) })
}

function withoutStack(value: unknown): unknown {
  return value instanceof Error && isExpected(value) ? describeError(value) : value
}

const levelNames: Record<LogRecord['level'], string> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO ',
  warning: 'WARN ',
  error: 'ERROR',
  fatal: 'FATAL',
}

const textLine = getTextFormatter({
  timestamp: 'rfc3339',
  timeZone: null, // that of the process, with its offset
  level: level => levelNames[level],
  sanitize: { newlines: 'escape', sgr: 'escape' },
  format: ({ timestamp, level, message, record }) => `${timestamp} ${level} ${message}${textFields(record)}`,
})

function textFields(record: LogRecord): string {
  let text = ''
  for (const [name, value] of Object.entries(record.properties)) {
    if (value !== undefined) text += ` ${name}=${textValue(value)}`
  }
  return text
}

function textValue(value: unknown): string {
  if (value instanceof Error) return quote(describeError(value))
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : quote(value)
  if (typeof value === 'object' && value !== null) return quote(value)
  return String(value)
}

// JSON escapes line ends and quotation marks; `printable` escapes the rest, for the whole line.
function quote(value: unknown): string {
  return JSON.stringify(value) ?? '""'
}

/** An error with its causes on one line. Only a fault of the program itself has a stack. */
function describeError(error: Error): string {
  const own = isExpected(error) ? error.message : (error.stack ?? String(error)).replaceAll(/\n\s*/g, ' | ')
  return error.cause instanceof Error ? `${own} | caused by ${describeError(error.cause)}` : own
}

/** Our errors and those of the operating system have a code; so do some faults of a program, as ERR_… of Node. */
function isExpected(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_')
}

function toStdout(line: string): void {
  writeNow(1, line)
}

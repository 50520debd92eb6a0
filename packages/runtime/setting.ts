/** One environment variable: what it is for, what it may hold, how it reads. */
export interface Setting<T> {
  readonly name: string
  /** One sentence, as `.env.example` prints it. */
  readonly description: string
  /** What would be accepted; completes "… is not". */
  readonly wanted: string
  /** What holds when the variable is unset; a setting without one is required. */
  readonly default?: T
  /** May come as NAME_FILE too, and is never printed. */
  readonly secret: boolean
  /** Text to value; throws for anything that is not as wanted, a `PartFault` if only a part of it is not. */
  read(text: string): T
  /** Value to the text that reads as it; shown at start. */
  show(value: T): string
}

/** Thrown by `read` when one part of a longer text is at fault. */
export class PartFault extends Error {
  readonly part: string
  constructor(part: string, options?: ErrorOptions) {
    super('a part is not as wanted', options)
    this.part = part
  }
}

/** What every builder is told; `default: null` makes a setting optional. */
export interface About<D> {
  name: string
  description: string
  default?: D
}

/** The general builder: a setting out of any parser that throws. */
export function parsed<T, D = never>(
  about: About<D> & {
    wanted: string
    read: (text: string) => T
    show?: (value: T) => string
    secret?: boolean
  },
): Setting<T | D> {
  const show = about.show ?? String
  return {
    name: about.name,
    description: about.description,
    wanted: about.wanted,
    secret: about.secret ?? false,
    ...(about.default === undefined ? {} : { default: about.default }),
    read: about.read,
    // The default of an optional setting is null: nothing to print.
    show: value => (value === null ? '' : show(value as T)),
  }
}

/** For `read` functions: the value if it is as wanted. */
export function accept<T>(isWanted: boolean, value: T): T {
  if (!isWanted) throw new RangeError('not as wanted')
  return value
}

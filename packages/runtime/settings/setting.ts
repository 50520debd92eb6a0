/** One environment variable: what it is for, what it may hold, how to read and show it. */
export interface Setting<T> {
  readonly name: string
  /** One sentence, as `.env.example` prints it. */
  readonly description: string
  /** What the text has to be; completes "NAME=… is not". */
  readonly expected: string
  /** A value as one would write it; follows "Example: ". */
  readonly example?: string
  /** The value if the variable is unset. A setting without a default is required. */
  readonly default?: T
  /** May come as NAME_FILE too, and is never printed. */
  readonly secret: boolean
  /**
   * Turns the text into the value.
   *
   * @throws ReadError with the reason, or any other error if "is not what is expected" says enough
   */
  read(text: string): T
  /** Turns the value back into a text that reads as the same value; shown at start. */
  show(value: T): string
}

/** Why a text was not accepted: completes "NAME=… " as a sentence that says what to do. Never holds a secret. */
export class ReadError extends Error {
  /** The element at fault, if the text is a list. */
  readonly element: string | undefined

  constructor(reason: string, options: ErrorOptions & { element?: string } = {}) {
    super(reason, options)
    this.name = 'ReadError'
    this.element = options.element
  }
}

/** What every kind of setting takes; `default: null` makes a setting optional. */
export interface About<D> {
  name: string
  description: string
  default?: D
}

/** The general kind: a setting made from any parser that throws. */
export function parsed<T, D = never>(
  about: About<D> & {
    expected: string
    example?: string
    read: (text: string) => T
    show?: (value: T) => string
    secret?: boolean
  },
): Setting<T | D> {
  const show = about.show ?? String
  return {
    name: about.name,
    description: about.description,
    expected: about.expected,
    secret: about.secret ?? false,
    ...(about.example === undefined ? {} : { example: about.example }),
    ...(about.default === undefined ? {} : { default: about.default }),
    read: about.read,
    // The default of an optional setting is null, which has no text.
    show: value => (value === null ? '' : show(value as T)),
  }
}

/** For `read` functions: returns the value if the condition holds. */
export function accept<T>(isExpected: boolean, value: T): T {
  if (!isExpected) throw new RangeError('not as expected')
  return value
}

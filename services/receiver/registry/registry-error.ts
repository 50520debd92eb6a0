export type RegistryErrorCode =
  | 'missing'
  | 'unreadable'
  | 'unwritable'
  | 'damaged'
  | 'locked'
  | 'known-device'
  | 'unknown-device'
  | 'rotation-begun'
  | 'no-rotation'

/** The error of the registry. Its messages name the file and the line, and never quote the line. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegistryError'
    this.code = code
  }
}

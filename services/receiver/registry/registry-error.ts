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

/** The one error of the registry; its messages name the file and the line, and never what stands there. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegistryError'
    this.code = code
  }
}

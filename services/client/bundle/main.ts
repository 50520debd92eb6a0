import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

// `npm run build:client`
const directory = join(import.meta.dirname, '../dist')
rmSync(directory, { recursive: true, force: true })
await bundle(directory)

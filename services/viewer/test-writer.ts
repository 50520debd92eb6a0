import { openStore } from '@ipupdater/storage'
import { commit } from './test-lab.ts'

// A receiver reduced to its writing: commits one report, says so, and then neither ends nor closes anything.
const [dir = '', address = '', at = ''] = process.argv.slice(2)
const store = await openStore({ dir })
await commit(store, { address, at: Number(at) })
process.stdout.write('committed\n')
setInterval(() => {}, 60_000)

import { testBackend } from '../contract.suite.ts'
import { readerOf, storeIn, temporaryDirectory } from './fixtures/database.ts'

testBackend({
  async database(t) {
    const dir = temporaryDirectory(t)
    return {
      store: options => storeIn(t, dir, options),
      reader: options => readerOf(t, dir, options?.now),
    }
  },
})

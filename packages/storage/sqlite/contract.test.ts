import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { testBackend } from '../contract.suite.ts'
import { readerOf, storeIn } from './fixtures/database.ts'

testBackend({
  async database(t) {
    const dir = temporaryDirectory()
    return {
      store: options => storeIn(t, dir, options),
      reader: options => readerOf(t, dir, options?.now),
    }
  },
})

import type { TestContext } from 'node:test'
import { testStore } from './commit.suite.ts'
import type { Reader, ReaderOptions, Store, StoreOptions } from './contract.ts'
import { testReader } from './history.suite.ts'

/** What a backend provides so that the contract can be tested on it. */
export interface Backend {
  /** A new, empty database that is removed after the test. */
  database(t: TestContext): Promise<TestDatabase>
}

/** Stores and readers are closed after the test. */
export interface TestDatabase {
  store(options?: StoreOptions): Promise<Store>
  reader(options?: ReaderOptions): Reader
}

/** The contract of `contract.ts`. A backend is complete when it passes. */
export function testBackend(backend: Backend): void {
  testStore(backend)
  testReader(backend)
}

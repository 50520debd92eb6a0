import type { TestContext } from 'node:test'
import type { Reader, ReaderOptions, Store, StoreOptions } from './contract.ts'
import { testChanges } from './suite/changes.suite.ts'
import { testCommit } from './suite/commit.suite.ts'
import { testCurrent } from './suite/current.suite.ts'
import { testDevice } from './suite/device.suite.ts'
import { testEvidence } from './suite/evidence.suite.ts'
import { testHistory } from './suite/history.suite.ts'
import { testUpkeep } from './suite/upkeep.suite.ts'

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
  testCommit(backend)
  testEvidence(backend)
  testUpkeep(backend)
  testDevice(backend)
  testCurrent(backend)
  testHistory(backend)
  testChanges(backend)
}

import { test } from 'node:test'
import { skipWithoutPostgres } from '../../../test/fixtures/postgres.ts'
import { testBackend } from '../contract.suite.ts'
import { newDatabase, readerOn, storeOn } from './fixtures/database.ts'

if (skipWithoutPostgres) test('the contract on PostgreSQL', { skip: skipWithoutPostgres }, () => {})
else
  testBackend({
    async database(t) {
      const url = await newDatabase()
      return {
        store: options => storeOn(t, url, options),
        reader: options => readerOn(t, url, options),
      }
    },
  })

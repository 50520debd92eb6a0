import { connect, DedicatedConnection, SETTINGS } from './connection.ts'
import { postgresFault } from './faults.ts'
import { serverOf } from './server.ts'

/** One connection for the work of a command, with faults in the words of this package. Disposing rolls back. */
export interface Session extends AsyncDisposable, Pick<DedicatedConnection, 'query' | 'transaction'> {}

/** @throws StorageError */
export async function openSession(url: string): Promise<Session> {
  const server = serverOf(url)
  const knex = connect(server, { settings: SETTINGS })
  const orFault = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw postgresFault(error, server)
    }
  }
  try {
    const connection = await orFault(() => DedicatedConnection.take(knex, server, ANSWER_TIMEOUT_MS))
    return {
      query: query => orFault(() => connection.query(query)),
      transaction: work => orFault(() => connection.transaction(work)),
      async [Symbol.asyncDispose]() {
        await connection.release()
        await knex.destroy()
      },
    }
  } catch (error) {
    await knex.destroy()
    throw error
  }
}

/** Counting or inserting millions of rows is one statement. */
const ANSWER_TIMEOUT_MS = 600_000

// The memory that DuckDB gets when nobody says how much: little, since what does not fit goes to the temporary folder.
import type { DuckDBConnection } from '@duckdb/node-api';
import { SynthError } from '../../core/errors.ts';
import type { Guard } from './dialect.ts';

/** With what the process has beside it, a run of any size stays below 2 GiB. */
export const usualMemory: string = '1GB';

const bytesOf: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Sets the limit, unless the machine has less, and returns what DuckDB would have taken by itself. */
export async function limitMemory(connection: DuckDBConnection, limit: string): Promise<string> {
  const read = async (): Promise<string> =>
    String((await connection.runAndReadAll("select current_setting('memory_limit')")).getRows()[0]?.[0]);
  const own = await read();
  await setMemory(connection, limit);
  if (inBytes(await read()) > inBytes(own)) await setMemory(connection, own);
  return own;
}

function inBytes(size: string): number {
  const [amount, unit = ''] = size.split(' ');
  return Number(amount) * (bytesOf[unit] ?? 1);
}

export async function setMemory(connection: DuckDBConnection, limit: string): Promise<void> {
  await connection.run(`set global memory_limit = '${limit.replaceAll("'", "''")}'`);
}

/**
 * A guard that gives a statement all memory once it was shown to need it: some aggregates cannot go to disk. Only for what
 * can be run twice.
 */
export function liftingGuard(guard: Guard, lift: () => Promise<boolean>): Guard {
  return async (query) => {
    try {
      return await guard(query);
    } catch (error) {
      if (!(error instanceof SynthError) || error.code !== 'memory.full' || !(await lift())) throw error;
      return guard(query).catch((second: unknown) => {
        // The failure has ended a transaction around the statement: that says nothing to anybody.
        throw second instanceof SynthError && second.code === 'sql.failed' ? error : second;
      });
    }
  };
}
